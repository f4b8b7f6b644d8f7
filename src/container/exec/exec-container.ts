import { readFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { randomId } from '../../lib/id';
import { addCgroupJoin } from '../../runtime/cgroup-ops';
import { becomeHelper } from '../../runtime/helper';
import type { OciProcess, OciSpec } from '../../runtime/oci-spec';
import { Plan } from '../../runtime/plan';
import { addProcess } from '../../runtime/process-ops';
import { PLAN } from '../../runtime/protocol';
import { compileSeccomp } from '../../runtime/seccomp';
import { CLONE_FLAGS } from '../../runtime/spec-ops';
import { eventLog } from '../../store/events/event-log';
import { groupToJoin } from '../cgroup';
import { addEvents } from '../container-events';
import { findContainerId, loadRecord } from '../find';
import { containerPaths } from '../paths';
import { readState, type ContainerState } from '../state/status';
import type { PreserveRequest } from '../create/preserved-descriptors';
import { execFailure } from './exec-failure';

/** What `exec` was asked for. */
export interface ExecOptions {
  argv: readonly string[];
  /** In the background: the id of the session is printed. */
  detach: boolean;
  /** From parseDetachKeys(). */
  detachKeys: Uint8Array;
  env: Readonly<Record<string, string>>;
  interactive: boolean;
  tty: boolean;
  /** As typed; absent: who the container's own program is. */
  user?: string | undefined;
  workdir?: string | undefined;
  privileged: boolean;
  /** Descriptors of the caller that the program gets. */
  preserve?: PreserveRequest | undefined;
  /** Takes the pid of the program. */
  pidFile?: string | undefined;
}

/**
 * Runs a further program in a running container: this process is replaced by the helper, so nothing of Node stays while
 * it runs. Never returns; throws 'not-found', or 'state' when the container does not run.
 */
export async function execInContainer(ctx: Context, name: string, options: ExecOptions): Promise<never> {
  if (options.argv.length === 0)
    throw new TspodError(
      'usage',
      'must provide a non-empty command to start an exec session: invalid argument',
    );
  const id = findContainerId(ctx, name);
  const state = readState(ctx, id);
  if (state.phase !== 'running') throw notRunning(name, state.phase, options);
  const spec = JSON.parse(readFileSync(containerPaths(ctx, id).config, 'utf8')) as OciSpec;
  const process = await execProcess(ctx, id, { spec, options });
  const plan = execPlan(ctx, { id, name, state, spec, process, options });
  if (!options.preserve) return becomeHelper(ctx, 'exec', plan);
  const { addPreserved, callersDescriptors } = await import('../create/preserved-descriptors');
  const descriptors = callersDescriptors(options.preserve);
  addPreserved(plan, descriptors);
  return becomeHelper(ctx, 'exec', plan, descriptors);
}

/** The container's own process is the model; only another user has to be looked up, which needs more files. */
async function execProcess(
  ctx: Context,
  id: string,
  { spec, options }: { spec: OciSpec; options: ExecOptions },
): Promise<OciProcess> {
  const own = { ...spec.process, args: [...options.argv], cwd: options.workdir || spec.process.cwd };
  const isOther = (options.user !== undefined && options.user !== '') || options.privileged;
  const process = isOther ? (await import('./other-user')).asOtherUser(ctx, id, { own, options, spec }) : own;
  // the variable of the first process alone
  const given = process.env.filter((entry) => entry !== `HOSTNAME=${spec.hostname ?? ''}`);
  const env = withVariables(given, options.env);
  return { ...process, env: options.tty && !hasVariable(env, 'TERM') ? [...env, 'TERM=xterm'] : env };
}

function execPlan(
  ctx: Context,
  exec: {
    id: string;
    name: string;
    state: ContainerState;
    spec: OciSpec;
    process: OciProcess;
    options: ExecOptions;
  },
): Plan {
  const { id, name, state, spec, options } = exec;
  const plan = new Plan();
  plan.add('CONTAINER', id, name);
  if (eventLog(ctx).logger !== 'none') addEvents(plan, ctx, loadRecord(ctx, id));
  plan.add('EXEC_TARGET', state.pid, state.startTime, namespaceBits(spec));
  if (state.cgroup !== undefined) addCgroupJoin(plan, ctx, groupToJoin(state.cgroup, state.pid));
  plan.add('STDIO', (options.tty ? PLAN.STDIO_TTY : 0) | (options.interactive ? PLAN.STDIO_STDIN : 0));
  if (options.detach) plan.add('EXIT_MESSAGE', randomId());
  else addForeground(plan, options);
  if (options.pidFile !== undefined) plan.add('EXEC_PID_FILE', options.pidFile);
  const { seccomp } = spec.linux;
  addProcess(plan, exec.process, seccomp ? compileSeccomp(ctx, seccomp) : undefined);
  return plan;
}

function addForeground(plan: Plan, { interactive, detachKeys }: ExecOptions): void {
  const streams = PLAN.FOREGROUND_STDOUT | PLAN.FOREGROUND_STDERR | PLAN.FOREGROUND_SIG_PROXY;
  plan.add('FOREGROUND', streams | (interactive ? PLAN.FOREGROUND_STDIN : 0));
  plan.add('DETACH_KEYS', detachKeys);
}

/** The namespaces that the container does not share with the host; the helper finds the user namespace by itself. */
function namespaceBits(spec: OciSpec): number {
  let bits = CLONE_FLAGS.mount;
  for (const { type } of spec.linux.namespaces) if (type !== 'user') bits |= CLONE_FLAGS[type];
  return bits;
}

function withVariables(env: readonly string[], added: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(added);
  if (names.length === 0) return [...env];
  const kept = env.filter((entry) => !Object.hasOwn(added, entry.slice(0, entry.indexOf('='))));
  return [...kept, ...names.map((name) => `${name}=${added[name]}`)];
}

function hasVariable(env: readonly string[], name: string): boolean {
  return env.some((entry) => entry.startsWith(`${name}=`));
}

function notRunning(name: string, phase: string, options: ExecOptions): TspodError {
  const paused = phase === 'paused';
  return new TspodError(
    'state',
    'can only create exec sessions on running containers: container state improper',
    {
      exitCode: execFailure(options),
      hint: `container "${name}" is ${phase}: tspod ${paused ? 'unpause' : 'start'} ${name}`,
    },
  );
}
