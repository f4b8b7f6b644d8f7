import type { Context } from '../../lib/context';
import { startInUserns } from '../../runtime/enter';
import { helperError } from '../../runtime/helper-error';
import { platformName } from '../format/platform';
import { localTransport } from './parse-transport';
import type { TakeOptions } from './take-image';

/**
 * Brings the images at a place such as `oci:PATH` into the store, in a second process that has all ids, and returns the
 * ids of what is there now (64 hexadecimal digits each); undefined of any other text, `docker://NAME` too.
 */
export async function takeInUserns(
  ctx: Context,
  text: string,
  options: TakeOptions = {},
): Promise<string[] | undefined> {
  if (localTransport(text) === undefined) return undefined;
  const { paths } = ctx;
  const argv = ['--root', paths.root, '--runroot', paths.runRoot, 'image', 'take', ...flagsOf(options), text];
  const child = startInUserns(ctx, argv, 'inherit');
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => (stdout += data));
  const [status, stderr] = await Promise.all([
    new Promise<number>((resolve, reject) =>
      child.once('error', reject).once('close', (code) => resolve(code ?? 125)),
    ),
    passOn(child.stderr, (line) => tell(ctx, line, options)),
  ]);
  if (status !== 0) throw helperError(`pulling ${text}`, { status, stderr });
  return stdout.split('\n').filter(Boolean);
}

function flagsOf({ platform, policyFile, note }: TakeOptions): string[] {
  return [
    ...(platform === undefined ? [] : ['--platform', platformName(platform)]),
    ...(policyFile === undefined ? [] : ['--signature-policy', policyFile]),
    ...(note === undefined ? ['--quiet'] : []),
  ];
}

/** Gives on the lines of a stream as they come, up to the error, if there is one; returns that and what follows. */
async function passOn(stream: NodeJS.ReadableStream, tellLine: (line: string) => void): Promise<string> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const data of stream as AsyncIterable<string>) {
    rest += data;
    for (let end = rest.indexOf('\n'); end >= 0 && !rest.startsWith('Error: '); end = rest.indexOf('\n')) {
      tellLine(rest.slice(0, end));
      rest = rest.slice(end + 1);
    }
  }
  return rest;
}

function tell(ctx: Context, line: string, { note }: TakeOptions): void {
  const warning = /^Warning: (.*)$/.exec(line)?.[1];
  if (warning !== undefined) ctx.log('warn', warning);
  else note?.(line);
}
