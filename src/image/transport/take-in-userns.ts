import type { Context } from '../../lib/context';
import { runInUserns } from '../../runtime/enter';
import { localTransport } from './parse-transport';

/**
 * Brings the images at a place such as `oci:PATH` into the store, in a second process that has all ids, and returns the
 * ids of what is there now (64 hexadecimal digits each); undefined of any other text, `docker://NAME` too.
 */
export function takeInUserns(ctx: Context, text: string): string[] | undefined {
  if (localTransport(text) === undefined) return undefined;
  const argv = ['--root', ctx.paths.root, '--runroot', ctx.paths.runRoot, 'image', 'take', '--quiet', text];
  return runInUserns(ctx, argv, `pulling ${text}`).split('\n').filter(Boolean);
}
