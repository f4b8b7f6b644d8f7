/**
 * Text of a registry that may be shown: one line without control characters and without those that turn the direction
 * of writing, with `...` after `longest` characters.
 */
export function cleanText(text: string, longest = Infinity): string {
  const line = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .trim();
  return line.length > longest ? `${line.slice(0, longest)}...` : line;
}
