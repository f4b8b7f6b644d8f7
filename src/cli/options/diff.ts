import { TspodError } from '../../lib/errors';

/** `--format` of `diff`. */
export const diffFormatOption = {
  type: 'string',
  value: 'FORMAT',
  description: 'Print as JSON, or each change with a Go template over .Kind and .Path',
} as const;

/** What `diff` prints, for the help. */
export const diffDescription =
  'Each line is A for what was added, C for what was changed, or D for what was deleted, and a path. Without a second\n' +
  'name a container is compared with its image, and the top layer of an image with the layers below it.';

/** Error `usage`: neither a name nor --latest, or both. `command` is what was typed: `tspod diff`. */
export function checkDiffSelection(command: string, name: string | undefined, latest = false): void {
  if (latest && name !== undefined)
    throw new TspodError('usage', '--latest and containers cannot be used together');
  if (!latest && name === undefined)
    throw new TspodError('usage', `"${command}" requires a name, id, or the "--latest" flag`);
}
