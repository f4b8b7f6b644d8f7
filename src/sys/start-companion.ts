/** A program that runs beside this process. */
export interface Companion {
  /** The first line that it has written. */
  line: string;
  /** Closes its standard input. */
  end(): void;
}

/**
 * Starts a program that is to end with its standard input, which is closed when this process ends, also by SIGKILL; comes back
 * when the program has written a line. Errors: it could not be started, ended, or wrote nothing within `timeout` ms.
 */
export async function startCompanion(
  program: string,
  args: readonly string[],
  { env, timeout }: { env: Readonly<Record<string, string | undefined>>; timeout: number },
): Promise<Companion> {
  const { spawn } = await import('node:child_process');
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const { stdin, stdout, stderr } = child;
  // who has gone reads nothing
  stdin.on('error', () => undefined);
  let said = '';
  stderr.on('data', (data: Buffer) => (said += data.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${program} says nothing`)), timeout);
    const fail = (reason: string): void => (clearTimeout(timer), reject(new Error(reason)));
    let text = '';
    stdout.on('data', (data: Buffer) => {
      text += data.toString();
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve(text.split('\n', 1)[0] ?? '');
    });
    child.once('error', (error) => fail(error.message));
    child.once('close', (code) => fail(said.trim() || `${program} ended with status ${code}`));
  }).catch((error: unknown) => {
    child.kill();
    throw error;
  });
  for (const stream of [stdout, stderr]) stream.destroy();
  child.unref();
  return { line, end: () => stdin.end() };
}
