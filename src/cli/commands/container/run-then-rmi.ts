import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { removeImage, removeUnusedContent } from '../../../image/remove/remove-image';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/**
 * `run --rmi`: the same command with `--rm` in a process of its own, because `run` itself becomes the program's terminal;
 * after it the image goes, unless others use it. Returns the program's exit status.
 */
export async function runThenRemoveImage(
  ctx: Context,
  image: string,
  args: readonly string[],
): Promise<number> {
  const status = await runAgain(process.argv.slice(2), args.length);
  try {
    await removeImage(ctx, image, { force: false, removeContainers: async () => undefined });
    removeUnusedContent(ctx);
  } catch (error) {
    const isExpected = error instanceof TspodError && ['in-use', 'not-found'].includes(error.code);
    if (!isExpected) throw error;
    ctx.log('info', `the image stays: ${error.message}`);
  }
  return status;
}

/** The last `count` words are the image and its command: options with the same spelling are not ours there. */
function runAgain(words: readonly string[], count: number): Promise<number> {
  const options = words.slice(0, words.length - count).filter((word) => !/^--rmi(=.*)?$/.test(word));
  const isEnded = options.at(-1) === '--';
  const own = isEnded ? options.slice(0, -1) : options;
  const argv = [...own, '--rm', '--', ...words.slice(words.length - count)];
  const child = spawn(process.execPath, ['--', process.argv[1] ?? '', ...argv], { stdio: 'inherit' });
  for (const signal of FORWARDED) process.on(signal, () => void child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}
