import { TspodError } from '../lib/errors';

/** What a helper that failed said on standard error (`Error: TEXT`, then perhaps `hint: TEXT`) as an error of this process. */
export function helperError(
  action: string,
  { status, stderr }: { status: number; stderr: string },
): TspodError {
  const said = stderr.slice(Math.max(0, stderr.search(/^Error: /m))).trim();
  const [text = '', hint] = said.split(/\nhint: /);
  const reason = text.replace(/^Error: /, '') || `the helper ended with status ${status}`;
  return new TspodError('system', `${action}: ${reason}`, {
    exitCode: status,
    ...(hint === undefined ? {} : { hint }),
  });
}
