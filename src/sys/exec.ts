import { lastErrno, libc } from './native-library';

const F_SETFD = 2;

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
  const fcntl = libc('int fcntl(int fd, int cmd, ...)');
  const environment: string[] = [];
  for (const name in env) environment.push(`${name}=${env[name]}`);
  beforeExec();
  for (const fd of [0, 1, 2, ...keep]) fcntl(fd, F_SETFD, 'int', 0);
  execve(path, [...argv, null], [...environment, null]);
  throw Object.assign(new Error(`cannot execute (errno ${lastErrno()})`), { errno: lastErrno(), path });
}

/** What bin/tspod has to do before its process is gone: keep the code cache. */
function beforeExec(): void {
  const hook = (globalThis as { __tspodBeforeExec?: () => void }).__tspodBeforeExec;
  hook?.();
}
