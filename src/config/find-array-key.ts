import { keyOfLine } from './find-key';

/** An entry of an array of tables: the names and numbers on the way to it, such as `['registry', 0, 'mirror', 1]`. */
export type ArrayPath = readonly (string | number)[];

/**
 * The line of a TOML text, from 1, on which a key of an entry of `[[name]]` or `[[name.inner]]` stands; that of the
 * header where the key is not found; undefined where the entry is written in another way.
 */
export function findArrayKeyLine(text: string, path: ArrayPath, key: string): number | undefined {
  const [outer, at, inner, innerAt] = path;
  let current = -1;
  let currentInner = -1;
  let header: number | undefined;
  let isInside = false;
  for (const [index, line] of text.split('\n').entries()) {
    const name = /^\s*\[\[?\s*([\w.-]+)\s*\]/.exec(line)?.[1];
    if (name !== undefined) {
      if (name === outer) [current, currentInner] = [current + 1, -1];
      else if (inner !== undefined && name === `${outer}.${inner}`) currentInner++;
      isInside =
        inner === undefined
          ? name === outer && current === at
          : name === `${outer}.${inner}` && current === at && currentInner === innerAt;
      if (isInside) header = index + 1;
    } else if (isInside && keyOfLine(line) === key) return index + 1;
  }
  return header;
}
