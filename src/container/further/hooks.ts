import { readdirSync, readFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { isErrno, TspodError } from '../../lib/errors';
import type { OciHook, OciHookStage, OciSpec } from '../../runtime/oci-spec';
import type { ContainerRecord } from '../record';
import { HOOKS_DIRECTORY } from './hooks-directory';
import { matchesWhen, parseHook, type HookFile } from './parse-hook';

/**
 * Adds the hooks of the hooks directories that are meant for this container (oci-hooks(5)): in the order of their names, a
 * file of a later directory instead of one with its name in an earlier one. Those of precreate are run at once. Throws
 * 'invalid'.
 */
export async function addHooks(ctx: Context, record: ContainerRecord, spec: OciSpec): Promise<void> {
  const folders = ctx.overrides?.hooksDirs ?? ctx.defaults?.hooksDirs ?? [HOOKS_DIRECTORY];
  const facts = {
    annotations: spec.annotations ?? {},
    command: spec.process.args[0] ?? '',
    hasBindMounts: record.options.mounts.some(({ kind }) => kind === 'bind'),
  };
  const filters: OciHook[] = [];
  for (const [, hook] of [...hookFiles(folders)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!matchesWhen(hook, facts)) continue;
    for (const stage of hook.stages) {
      if (stage === 'precreate') filters.push(hook.hook);
      else addHook(spec, stage, hook.hook);
    }
  }
  if (filters.length === 0) return;
  const { filterSpec } = await import('./precreate');
  filterSpec(spec, filters);
}

/** Puts a hook behind those of its stage. */
export function addHook(spec: OciSpec, stage: OciHookStage, hook: OciHook): void {
  spec.hooks = { ...spec.hooks, [stage]: [...(spec.hooks?.[stage] ?? []), hook] };
}

function hookFiles(folders: readonly string[]): Map<string, HookFile> {
  const files = new Map<string, HookFile>();
  for (const folder of folders) {
    for (const name of namesIn(folder)) {
      const path = `${folder}/${name}`;
      files.set(name, parseHook(path, readFileSync(path, 'utf8')));
    }
  }
  return files;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw new TspodError('invalid', `reading the hooks of "${folder}": it cannot be read`, { cause: error });
  }
}
