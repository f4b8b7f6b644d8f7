import { execa } from 'execa';
import { TspodError } from '../lib/errors';

/**
 * The lines that a program prints, as they come; its standard error is this process's own. The program ends when the
 * reader stops, or with the signal. Throws ENOENT when it is not there, and 'system' when it ends by itself with an error.
 */
export async function* programLines(
  program: string,
  args: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const child = execa(program, args, { stdin: 'ignore', stderr: 'inherit', buffer: false, reject: false });
  const end = (): void => void child.kill();
  signal?.addEventListener('abort', end);
  try {
    if (signal?.aborted) end();
    for await (const line of child) yield line;
    const { cause, exitCode } = await child;
    if (signal?.aborted) return;
    if (exitCode) throw new TspodError('system', `${program} ended with the status ${exitCode}`);
    if (cause !== undefined) throw cause as Error;
  } finally {
    signal?.removeEventListener('abort', end);
    child.kill();
  }
}
