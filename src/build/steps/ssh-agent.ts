import { TspodError } from '../../lib/errors';
import type { Build } from '../engine/build';
import { runProgram } from '../../sys/run-program';

/** Starts an SSH agent with keys, for one `RUN`; its socket. Error `machine`: ssh-agent(1) is missing or refuses a key. */
export async function startAgent(
  build: Build,
  keys: readonly string[],
  undo: (() => void)[],
): Promise<string> {
  const { env } = build.ctx;
  const socket = `${build.staging().path}/${build.nextName('agent')}`;
  const started = await runProgram('ssh-agent', ['-a', socket], { env, input: '', timeout: 10_000 });
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(started.stdout)?.[1]);
  if (started.exitCode !== 0 || !pid)
    throw new TspodError('machine', `starting an SSH agent: ${started.stderr.trim() || 'ssh-agent failed'}`, {
      hint: 'install it: sudo apt install openssh-client',
    });
  undo.push(() => process.kill(pid));
  const added = await runProgram('ssh-add', [...keys], {
    env: { ...env, SSH_AUTH_SOCK: socket },
    input: '',
    timeout: 10_000,
  });
  if (added.exitCode === 0) return socket;
  throw new TspodError('invalid', `adding a key to the SSH agent: ${added.stderr.trim()}`);
}
