import { statSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { describeError, TspodError } from '../../lib/errors';
import type { OciHookStage, OciMount, OciSpec } from '../../runtime/oci-spec';
import { cdiDevices, type ContainerEdits } from './cdi-specs';
import { addHook } from './hooks';
import { HOOK_STAGES } from './parse-hook';

/** Makes the edits of devices that are named as the Container Device Interface does. Throws 'not-found'. */
export function addCdiDevices(ctx: Context, spec: OciSpec, names: readonly string[]): void {
  const known = cdiDevices(ctx);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) throw unresolvable(ctx, unknown);
  const done = new Set<string>();
  for (const name of new Set(names)) {
    const { file, common, own } = known.get(name) ?? { file: '', common: {}, own: {} };
    if (!done.has(file)) edit(ctx, spec, common);
    done.add(file);
    edit(ctx, spec, own);
  }
}

function edit(ctx: Context, spec: OciSpec, edits: ContainerEdits): void {
  const names = new Set(edits.env?.map((entry) => entry.replace(/=.*$/s, '')));
  const env = spec.process.env.filter((entry) => !names.has(entry.replace(/=.*$/s, '')));
  spec.process.env = [...env, ...(edits.env ?? [])];
  const mounts = [...(edits.deviceNodes ?? []).map(deviceMount), ...(edits.mounts ?? []).map(plainMount)];
  const targets = new Set(mounts.map(({ destination }) => destination));
  spec.mounts = [...spec.mounts.filter(({ destination }) => !targets.has(destination)), ...mounts];
  checkHooks(edits);
  for (const { hookName, path, args, env: hookEnv, timeout } of edits.hooks ?? []) {
    addHook(spec, hookName as OciHookStage, {
      path,
      ...(args === undefined ? {} : { args }),
      ...(hookEnv === undefined ? {} : { env: hookEnv }),
      ...(timeout === undefined ? {} : { timeout }),
    });
  }
  if (edits.additionalGids !== undefined) addGroups(spec, edits.additionalGids);
  if (edits.intelRdt !== undefined)
    ctx.log('warn', 'intelRdt of a CDI device needs real root: it is left out');
}

function checkHooks({ hooks = [] }: ContainerEdits): void {
  const wrong = hooks.find(({ hookName }) => !HOOK_STAGES.includes(hookName));
  if (wrong === undefined) return;
  throw new TspodError('invalid', `setting up CDI devices: unknown hook "${wrong.hookName}"`, {
    exitCode: 126,
  });
}

/** A user namespace cannot make device nodes. */
function deviceMount({
  path,
  hostPath = path,
  permissions = 'rwm',
}: {
  path: string;
  hostPath?: string;
  permissions?: string;
}): OciMount {
  try {
    statSync(hostPath);
  } catch (error) {
    throw new TspodError('not-found', `CDI device ${path}: stat ${hostPath}: ${describeError(error)}`, {
      exitCode: 126,
    });
  }
  const access = permissions.includes('w') ? 'rw' : 'ro';
  return {
    ...{ destination: path, type: 'bind', source: hostPath },
    options: ['rbind', 'slave', 'nosuid', 'noexec', access],
  };
}

function plainMount({
  hostPath,
  containerPath,
  options = [],
  type,
}: NonNullable<ContainerEdits['mounts']>[number]): OciMount {
  const isBind = type === undefined || type === '' || type === 'bind';
  const hasBind = options.some((option) => option === 'bind' || option === 'rbind');
  return {
    ...{ destination: containerPath, type: isBind ? 'bind' : type, source: hostPath },
    options: isBind && !hasBind ? ['rbind', 'rprivate', ...options] : options,
  };
}

function addGroups({ process }: OciSpec, gids: readonly number[]): void {
  process.user = {
    ...process.user,
    additionalGids: [...new Set([...(process.user.additionalGids ?? []), ...gids])],
  };
}

function unresolvable(ctx: Context, names: readonly string[]): TspodError {
  const folders = ctx.defaults?.cdiDirs?.join(', ') ?? '/etc/cdi or /var/run/cdi';
  return new TspodError('not-found', `setting up CDI devices: unresolvable CDI devices ${names.join(', ')}`, {
    exitCode: 126,
    hint: names.some((name) => name.startsWith('nvidia.com/'))
      ? 'make their specification: sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml'
      : `put their specification into ${folders}`,
  });
}
