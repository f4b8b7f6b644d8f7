import { execa } from 'execa';

/** What a program said and how it ended. */
export interface ProgramResult {
  stdout: string;
  stderr: string;
  /** Undefined where a signal ended it. */
  exitCode: number | undefined;
}

/** How a program is run. */
export interface ProgramOptions {
  input: string;
  env: Readonly<Record<string, string | undefined>>;
  timeout: number;
  signal?: AbortSignal;
}

/**
 * Runs a program to its end with `input` on its standard input. Throws ENOENT and the like when it cannot be started;
 * its exit status is the caller's to judge. `env` is its whole environment; the time limit is in ms. `signal` ends it: its
 * reason is the error then.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { signal, ...options }: ProgramOptions,
): Promise<ProgramResult> {
  signal?.throwIfAborted();
  // a group of its own: what the program has started holds the pipes open too
  const own = signal === undefined ? {} : { detached: true };
  const running = execa(program, args, { ...options, ...own, extendEnv: false, reject: false });
  const end = (): void => endGroup(running.pid);
  signal?.addEventListener('abort', end, { once: true });
  const result = await running.finally(() => signal?.removeEventListener('abort', end));
  signal?.throwIfAborted();
  const { stdout, stderr, exitCode, cause } = result;
  if (exitCode === undefined && !result.isTerminated && cause !== undefined) throw cause as Error;
  return { stdout, stderr, exitCode };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  } catch (error) {
    // it was faster
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
