import { TspodError } from '../lib/errors';

/**
 * What a program makes of `source`, as it comes; its standard error is this process's own. The program ends when the reader
 * stops. Errors: those of `source`, ENOENT and the like when it cannot be started, `system` when it fails.
 */
export async function* throughProgram(
  program: string,
  args: readonly string[],
  source: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const { spawn } = await import('node:child_process');
  const { pipeline } = await import('node:stream/promises');
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<string | undefined>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : code === null ? `signal ${signal}` : `the status ${code}`),
    );
  });
  ended.catch(() => undefined);
  let failure: { error: unknown } | undefined;
  const feeding = pipeline(source, child.stdin).catch((error: unknown) => {
    failure = { error };
    child.kill();
  });
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const problem = await ended;
    await feeding;
    // a program that ends early breaks the pipe: its status tells more
    if (failure !== undefined && !isBrokenPipe(failure.error)) throw failure.error;
    if (problem !== undefined) throw new TspodError('system', `${program} ended with ${problem}`);
  } finally {
    child.kill();
  }
}

function isBrokenPipe(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ERR_STREAM_DESTROYED';
}
