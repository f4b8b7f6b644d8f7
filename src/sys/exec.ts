import { lastErrno, libc } from './native-library';
import { environmentList, posixSpawn, type Variables } from './posix-spawn';

const F_SETFD = 2;
const FD_CLOEXEC = 1;

/**
 * Replaces this process by another program, as execve(2); never returns, and throws the errno's name when the call fails.
 * Standard input, output and error and the descriptors in `keep` stay open: Node has set close-on-exec on all of them.
 */
export function replaceProcess(
  path: string,
  argv: readonly string[],
  env: Variables,
  keep: readonly number[],
): never {
  const execve = libc('int execve(const char *path, const char **argv, const char **envp)');
  beforeExec();
  setCloseOnExec([0, 1, 2, ...keep], false);
  execve(path, [...argv, null], environmentList(env));
  const errno = lastErrno();
  throw Object.assign(new Error(`cannot execute (errno ${errno})`), { errno, path });
}

/**
 * Starts another program beside this process, and returns its process id without waiting; throws ENOENT and the like.
 * Standard input, output and error and the descriptors in `keep` are open in it, with their numbers.
 */
export function startProgram(
  path: string,
  argv: readonly string[],
  env: Variables,
  keep: readonly number[],
): number {
  setCloseOnExec([0, 1, 2, ...keep], false);
  try {
    return posixSpawn(path, argv, env);
  } finally {
    setCloseOnExec(keep, true);
  }
}

function setCloseOnExec(descriptors: readonly number[], isClosed: boolean): void {
  const fcntl = libc('int fcntl(int fd, int cmd, ...)');
  for (const fd of descriptors) fcntl(fd, F_SETFD, 'int', isClosed ? FD_CLOEXEC : 0);
}

/** What bin/tspod has to do before its process is gone: keep the code cache. */
function beforeExec(): void {
  const hook = (globalThis as { __tspodBeforeExec?: () => void }).__tspodBeforeExec;
  hook?.();
}
