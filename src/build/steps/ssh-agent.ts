import { isErrno, TspodError } from '../../lib/errors';
import { runProgram } from '../../sys/run-program';
import { startCompanion } from '../../sys/start-companion';
import type { Build } from '../engine/build';

/** Milliseconds. */
const PATIENCE = 10_000;

/**
 * Starts an SSH agent with keys, for one `RUN`; its socket. It ends with this process, however that ends. Error `machine`:
 * ssh-agent(1) is missing or refuses a key.
 */
export async function startAgent(
  build: Build,
  keys: readonly string[],
  undo: (() => void)[],
): Promise<string> {
  const { env } = build.ctx;
  const socket = `${build.staging().path}/${build.nextName('agent')}`;
  const hint = 'install it: sudo apt install openssh-client';
  // the agent ends with the program that it was started with, and that one with its standard input
  const words = ['-a', socket, '/bin/sh', '-c', 'echo "$SSH_AGENT_PID"; exec cat >/dev/null'];
  const { line, end } = await startCompanion('ssh-agent', words, { env, timeout: PATIENCE }).catch(
    (error: Error) => {
      throw new TspodError('machine', `starting an SSH agent: ${error.message}`, { hint });
    },
  );
  const pid = Number(line);
  undo.push(() => {
    end();
    // it looks for its program every ten seconds only
    endProcess(pid);
  });
  const added = await runProgram('ssh-add', [...keys], {
    ...{ env: { ...env, SSH_AUTH_SOCK: socket }, input: '', timeout: PATIENCE, signal: build.signal },
  });
  if (added.exitCode === 0) return socket;
  throw new TspodError('invalid', `adding a key to the SSH agent: ${added.stderr.trim()}`);
}

function endProcess(pid: number): void {
  try {
    if (pid > 1) process.kill(pid);
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}
