import type { Output } from '../define-command';

/** How one value is to be printed. */
export interface ValueFormat {
  /** `json`, or a Go template. */
  format: string;
  /** The command's name, for the messages of the template: `inspect`. */
  name: string;
}

/** Prints one value as JSON or through a Go template, with a line feed at the end. */
export function printValue(output: Output, value: unknown, { format }: ValueFormat): void {
  if (format === 'json') output.print(JSON.stringify(value));
}
