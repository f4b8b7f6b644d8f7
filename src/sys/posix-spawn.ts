import { libc } from './native-library';

/** Environment variables by their names; what is undefined is not there. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Starts a program, as posix_spawn(3), and returns its process id. `actions` and `attributes` are that call's, without them the
 * program has what this process hands on. Throws ENOENT and the like.
 */
export function posixSpawn(
  path: string,
  argv: readonly string[],
  env: Variables,
  { actions, attributes }: { actions?: Buffer; attributes?: Buffer } = {},
): number {
  const call = libc(
    'int posix_spawn(void *pid, const char *path, const void *actions, const void *attr, const char **argv, const char **envp)',
  );
  const pid = Buffer.alloc(4);
  const lists = [[...argv, null], environmentList(env)];
  const errno = call(pid, path, actions ?? null, attributes ?? null, ...lists);
  if (errno === 0) return pid.readInt32LE(0);
  const code = process.getBuiltinModule('node:util').getSystemErrorName(-errno);
  throw Object.assign(new Error(`${code}: posix_spawn '${path}'`), { errno: -errno, code, path });
}

/** Variables as execve(2) takes them: `NAME=VALUE`, with a null at the end. */
export function environmentList(env: Variables): (string | null)[] {
  const list: (string | null)[] = [];
  for (const name in env) if (env[name] !== undefined) list.push(`${name}=${env[name]}`);
  list.push(null);
  return list;
}
