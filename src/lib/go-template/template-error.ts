import { TspodError } from '../errors';

/** The line of a place in `text`, from 1, and the characters before it in that line. */
export function locate(text: string, pos: number): { line: number; column: number } {
  const before = text.slice(0, pos);
  return { line: before.split('\n').length, column: pos - (before.lastIndexOf('\n') + 1) };
}

/** A template that cannot be read: `template: ps:1: unexpected "}" in operand`. */
export function parseError(name: string, text: string, pos: number, message: string): TspodError {
  return new TspodError('usage', `template: ${name}:${locate(text, pos).line}: ${message}`);
}
