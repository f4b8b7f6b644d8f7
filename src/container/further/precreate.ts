import { TspodError } from '../../lib/errors';
import type { OciHook, OciSpec } from '../../runtime/oci-spec';

const MOST_BYTES = 16 << 20;

/**
 * Hands the configuration to precreate hooks, one after the other: each reads it as JSON and prints what becomes of it
 * (oci-hooks(5)). `spec` is changed in place. Throws 'invalid' for a hook that fails, is too slow, or prints something else.
 */
export function filterSpec(spec: OciSpec, hooks: readonly OciHook[]): void {
  for (const [at, hook] of hooks.entries()) {
    const printed = runHook(hook, JSON.stringify(spec));
    const changed = parseSpec(printed, at);
    for (const key of Object.keys(spec)) delete (spec as unknown as Record<string, unknown>)[key];
    Object.assign(spec, changed);
  }
}

function runHook({ path, args = [path], env = [], timeout }: OciHook, input: string): string {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { status, signal, stdout, stderr, error } = spawnSync(path, args.slice(1), {
    argv0: args[0] ?? path,
    env: Object.fromEntries(env.map((entry) => splitOnce(entry))) as NodeJS.ProcessEnv,
    input,
    encoding: 'utf8',
    killSignal: 'SIGKILL',
    maxBuffer: MOST_BYTES,
    ...(timeout ? { timeout: timeout * 1000 } : {}),
  });
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ETIMEDOUT') throw failed(`executing "${path}": it took more than ${timeout} seconds`);
  // a hook that does not read the configuration breaks the pipe
  if (error && code !== 'EPIPE') throw failed(`executing "${path}": ${error.message}`, error);
  if (status === 0) return stdout;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  const how = status === null ? `signal ${signal}` : `exit status ${status}`;
  throw failed(`executing "${path}": ${how}${said === '' ? '' : `: ${said}`}`);
}

function splitOnce(entry: string): [string, string] {
  const equals = entry.indexOf('=');
  return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
}

function parseSpec(text: string, at: number): OciSpec {
  let value: Partial<OciSpec> | null;
  try {
    value = JSON.parse(text) as Partial<OciSpec> | null;
  } catch (cause) {
    throw failed(`unmarshal output from config-filter hook ${at}: ${(cause as Error).message}`, cause);
  }
  const isWhole =
    isList(value?.process?.args) &&
    isList(value?.process?.env) &&
    isList(value?.mounts) &&
    isList(value?.linux?.namespaces) &&
    typeof value?.root?.path === 'string';
  if (isWhole) return value as OciSpec;
  throw failed(
    `output from config-filter hook ${at}: process.args, process.env, mounts, linux.namespaces and root.path have to be there`,
  );
}

function isList(value: unknown): boolean {
  return Array.isArray(value);
}

function failed(reason: string, cause?: unknown): TspodError {
  return new TspodError('invalid', `setting up OCI Hooks: ${reason}`, { exitCode: 126, cause });
}
