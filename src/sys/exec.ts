import { lastErrno, libc } from './native-library';

const F_SETFD = 2;
const FD_CLOEXEC = 1;

/**
 * Replaces this process by another program, as execve(2); never returns, and throws the errno's name when the call fails.
 * Standard input, output and error and the descriptors in `keep` stay open: Node has set close-on-exec on all of them.
 */
export function replaceProcess(
  path: string,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  keep: readonly number[],
): never {
  const execve = libc('int execve(const char *path, const char **argv, const char **envp)');
  beforeExec();
  setCloseOnExec([0, 1, 2, ...keep], false);
  execve(path, [...argv, null], environment(env));
  throw cannotExecute(path, lastErrno());
}

/**
 * Starts another program beside this process, and returns its process id without waiting; throws the errno's name when the call
 * fails. Standard input, output and error and the descriptors in `keep` are open in it, with their numbers.
 */
export function startProgram(
  path: string,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  keep: readonly number[],
): number {
  const spawn = libc(
    'int posix_spawn(void *pid, const char *path, const void *actions, const void *attr, const char **argv, const char **envp)',
  );
  const pid = Buffer.alloc(4);
  setCloseOnExec([0, 1, 2, ...keep], false);
  const errno = spawn(pid, path, null, null, [...argv, null], environment(env));
  setCloseOnExec(keep, true);
  if (errno !== 0) throw cannotExecute(path, errno);
  return pid.readInt32LE(0);
}

function environment(env: Readonly<Record<string, string | undefined>>): (string | null)[] {
  const environment: (string | null)[] = [];
  for (const name in env) environment.push(`${name}=${env[name]}`);
  environment.push(null);
  return environment;
}

function setCloseOnExec(descriptors: readonly number[], isClosed: boolean): void {
  const fcntl = libc('int fcntl(int fd, int cmd, ...)');
  for (const fd of descriptors) fcntl(fd, F_SETFD, 'int', isClosed ? FD_CLOEXEC : 0);
}

function cannotExecute(path: string, errno: number): Error {
  return Object.assign(new Error(`cannot execute (errno ${errno})`), { errno, path });
}

/** What bin/tspod has to do before its process is gone: keep the code cache. */
function beforeExec(): void {
  const hook = (globalThis as { __tspodBeforeExec?: () => void }).__tspodBeforeExec;
  hook?.();
}
