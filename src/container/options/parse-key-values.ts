import { TspodError } from '../../lib/errors';
import { readLines } from './parse-env';

/** Labels from `--label-file` and then `--label`: `key=value`, or `key` alone for an empty value. Throws 'usage'. */
export function parseLabels(
  entries: readonly string[],
  files: readonly string[] = [],
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const entry of [...files.flatMap(readLines), ...entries]) {
    const { key, value } = split(entry);
    if (key === '')
      throw new TspodError('usage', `unable to process labels: invalid label format: "${entry}"`);
    result[key] = value ?? '';
  }
  return result;
}

/** Annotations: `key=value`, the value is necessary. Throws 'usage'. */
export function parseAnnotations(entries: readonly string[]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const entry of entries) {
    const { key, value } = split(entry);
    if (key === '' || value === undefined) {
      throw new TspodError('usage', `annotation "${entry}": annotations must be formatted KEY=VALUE`);
    }
    result[key] = value;
  }
  return result;
}

function split(entry: string): { key: string; value?: string } {
  const equals = entry.indexOf('=');
  return equals < 0 ? { key: entry } : { key: entry.slice(0, equals), value: entry.slice(equals + 1) };
}
