import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';

/** Error `usage` outside of `tspod unshare`: mounts that a user makes exist only in there. */
export function requireUnshare(ctx: Context, command: string): void {
  if (ctx.hasIds) return;
  throw new TspodError(
    'usage',
    `cannot run command "tspod ${command}" in rootless mode, must execute \`tspod unshare\` first`,
    { hint: `tspod unshare sh -c 'cd "$(tspod ${command} NAME)" && ls'` },
  );
}

/** Error `usage`: a format that is neither absent nor `json`. */
export function isJsonFormat(format: string | undefined): boolean {
  if (format === undefined || format === '') return false;
  if (format === 'json') return true;
  throw new TspodError('usage', `unknown --format argument: "${format}"`, { hint: 'use json' });
}

/** `--format` of the `mount` commands. */
export const mountFormatOption = {
  type: 'string',
  value: 'FORMAT',
  description: 'Print what is mounted as JSON (json)',
} as const;
