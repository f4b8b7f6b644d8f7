import { describeError, TspodError } from '../lib/errors';
import { readJsonFile } from '../sys/file-io';

/** A JSON file of the store that can be made anew; undefined when there is none. Error `invalid`: it is damaged. */
export function readStoredJson(path: string): unknown {
  try {
    return readJsonFile(path);
  } catch (cause) {
    if (!(cause instanceof TspodError)) throw cause;
    throw new TspodError(cause.code, describeError(cause), {
      hint: 'repair it with "tspod system check --repair"',
      cause,
    });
  }
}
