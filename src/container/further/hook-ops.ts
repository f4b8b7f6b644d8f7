import type { Context } from '../../lib/context';
import type { OciHook, OciHookStage, OciSpec } from '../../runtime/oci-spec';
import type { Plan } from '../../runtime/plan';
import { PLAN } from '../../runtime/protocol';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';

/** In this order: prestart hooks are run as those of createRuntime, and before them. */
const STAGES: readonly [OciHookStage, number][] = [
  ['prestart', PLAN.HOOK_CREATE_RUNTIME],
  ['createRuntime', PLAN.HOOK_CREATE_RUNTIME],
  ['createContainer', PLAN.HOOK_CREATE_CONTAINER],
  ['startContainer', PLAN.HOOK_START_CONTAINER],
  ['poststart', PLAN.HOOK_POSTSTART],
  ['poststop', PLAN.HOOK_POSTSTOP],
];

/** The hooks of a configuration, and the state that they read (runtime-spec, runtime.md, "State"). */
export function addHookOps(plan: Plan, ctx: Context, { id }: ContainerRecord, spec: OciSpec): void {
  if (spec.hooks === undefined) return;
  const bundle = containerPaths(ctx, id).directory;
  // the first {status} and {pid} are the helper's to replace
  const start = `{"ociVersion":${JSON.stringify(spec.ociVersion)},"id":"${id}","status":"{status}","pid":{pid},`;
  const rest = JSON.stringify({ root: spec.root.path, bundle, annotations: spec.annotations ?? {} });
  plan.add('HOOK_STATE', start + rest.slice(1), bundle);
  for (const [stage, code] of STAGES) for (const hook of spec.hooks[stage] ?? []) addHook(plan, code, hook);
}

function addHook(plan: Plan, code: number, { path, args = [path], env = [], timeout = 0 }: OciHook): void {
  plan.add('HOOK', code, timeout, args.length, path, ...args, ...env);
}
