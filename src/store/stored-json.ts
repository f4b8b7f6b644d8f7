import { describeError, TspodError } from '../lib/errors';
import { readJsonFile } from '../sys/file-io';

/** What is read of a JSON object before it is looked at: any field may be absent, or something else. */
export type Unchecked<T> = { [K in keyof T]?: unknown };

/**
 * A JSON file of the store that can be made anew; undefined when there is none. `isWhole` tells whether an object has what is needed of
 * it. Error `invalid`: it is damaged.
 */
export function readStoredJson<T extends object>(
  path: string,
  isWhole: (found: Unchecked<T>) => boolean,
): T | undefined {
  const found = readHinted(path);
  if (found === undefined) return undefined;
  if (typeof found === 'object' && found !== null && isWhole(found)) return found as T;
  throw damaged(`reading "${path}": it holds something else`);
}

function readHinted(path: string): unknown {
  try {
    return readJsonFile(path);
  } catch (cause) {
    if (!(cause instanceof TspodError)) throw cause;
    throw damaged(describeError(cause), cause);
  }
}

function damaged(message: string, cause?: unknown): TspodError {
  const hint = 'repair it with "tspod system check --repair"';
  return new TspodError('invalid', message, { hint, ...(cause === undefined ? {} : { cause }) });
}
