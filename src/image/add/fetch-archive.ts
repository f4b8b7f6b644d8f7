import type { Context } from '../../lib/context';
import { wrapError } from '../../lib/errors';
import type { TspodError } from '../../lib/errors';
import type { Staging } from '../../store/staging';
import { shownAddress } from '../download/shown-address';

/** Whether an archive is named by its http or https address. */
export function isAddress(path: string | undefined): path is string {
  return path !== undefined && /^https?:\/\//i.test(path);
}

/** The path of an archive; that of an http(s) address is fetched into the staging directory first. Errors: those of a download. */
export async function fetchArchive<P extends string | undefined>(
  ctx: Context,
  path: P,
  { staging, note }: { staging: Staging; note: (line: string) => void },
): Promise<P | string> {
  if (!isAddress(path)) return path;
  const { downloadFile } = await import('../download/download-file');
  note(`Downloading from "${shownAddress(path)}"`);
  const fetched = `${staging.path}/download`;
  await downloadFile(ctx, path, { path: fetched });
  return fetched;
}

/** `error` with what was being done to an archive in front; undefined is standard input. */
export function wrapArchiveError(action: string, path: string | undefined, error: unknown): TspodError {
  const source = path === undefined ? 'from standard input' : JSON.stringify(shownAddress(path));
  return wrapError(`${action} ${source}`, error);
}
