import { goJson } from '../../lib/go-template/go-json';
import { compileTemplate } from '../../lib/go-template/template';
import type { Output } from '../define-command';
import { renderRows } from './format';

/** How values are to be printed. */
export interface ValueFormat {
  /** `json`, or a Go template; empty and absent mean JSON. */
  format?: string | undefined;
  /** The command's name, for the messages of the template: `inspect`. */
  name: string;
}

/** Prints one value as one line of JSON or through a Go template, with a line feed at the end. */
export function printValue(output: Output, value: unknown, { format, name }: ValueFormat): void {
  if (isJson(format)) return output.print(goJson(value));
  const text = format.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
  const result = compileTemplate(name, text).execute(value);
  output.write(result.endsWith('\n') ? result : `${result}\n`);
}

/**
 * Prints what an `inspect` found: an indented JSON array, or the template once for each value. The values are such as
 * JSON.stringify takes them, with maps made by `goMap`: a copy of all that 50 containers say would cost a third of the time.
 */
export function printInspected(
  output: Output,
  values: readonly unknown[],
  { format, name }: ValueFormat,
): void {
  if (isJson(format)) return output.print(JSON.stringify(values, null, 5));
  output.write(renderRows(values, { format, name }));
}

function isJson(format: string | undefined): format is undefined {
  return format === undefined || format === '' || format === 'json';
}
