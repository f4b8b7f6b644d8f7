/**
 * The line of a TOML text, from 1, on which a key of a table stands; undefined where it is written in a way that is not
 * looked for (dotted, or inside an inline table).
 */
export function findKeyLine(text: string, table: string, key: string): number | undefined {
  let current = '';
  for (const [index, line] of text.split('\n').entries()) {
    const header = /^\s*\[\s*([\w.-]+)\s*\]/.exec(line)?.[1];
    if (header !== undefined) current = header;
    if (header === `${table}.${key}`) return index + 1;
    if (current === table && keyOfLine(line) === key) return index + 1;
  }
  return undefined;
}

/** The key that a line of TOML begins with. */
export function keyOfLine(line: string | undefined): string | undefined {
  return /^\s*["']?([\w.-]+)["']?\s*=/.exec(line ?? '')?.[1];
}
