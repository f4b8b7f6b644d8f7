import type { Context } from '../lib/context';
import { networkPlan } from '../network/network-plan';
import { addCgroup } from '../runtime/cgroup-ops';
import type { OciSpec } from '../runtime/oci-spec';
import { Plan } from '../runtime/plan';
import { PLAN } from '../runtime/protocol';
import { compileSeccomp } from '../runtime/seccomp';
import { addSpec } from '../runtime/spec-ops';
import { addCommonUserns } from '../runtime/userns';
import { cgroupWish } from './cgroup-wish';
import { isChecked } from './create/health-config';
import { addOverlayMounts } from './rootfs/overlay-paths';
import { containerPaths, nameLink } from './paths';
import type { ContainerRecord, LogSettings, RestartPolicyName } from './record';
import { addRootfs } from './rootfs/rootfs-ops';
import { markUsed } from './volumes/volume-mounts';
import { addVolumeOwners } from './volumes/volume-owners';
import { addEvents } from './container-events';

/** Which streams the caller's own become, and how. */
export interface ForegroundStreams {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  /** Whether signals to tspod go to the container. */
  sigProxy: boolean;
  /** From parseDetachKeys(). */
  detachKeys: Uint8Array;
}

export interface StartMode {
  /** Absent: detached, and the id is printed. */
  foreground?: ForegroundStreams;
  /** Printed instead of the id. */
  message?: string;
  /** Set up, but the program waits for `start` (`init`). */
  hold?: boolean;
  /** Descriptors of the caller that the program gets. */
  preserve?: readonly number[];
}

/** The numbers of restart policies in a plan. */
export const RESTART: Record<RestartPolicyName, number> = {
  no: PLAN.RESTART_NO,
  'on-failure': PLAN.RESTART_ON_FAILURE,
  always: PLAN.RESTART_ALWAYS,
  'unless-stopped': PLAN.RESTART_UNLESS_STOPPED,
};

/** The whole plan of a start: first what the monitor is and keeps, then what the container's first process does. */
export function startPlan(ctx: Context, record: ContainerRecord, spec: OciSpec, mode: StartMode): Plan {
  const plan = new Plan();
  addIdentity(plan, ctx, record);
  addCommonUserns(plan, ctx);
  addRootfs(plan, ctx, record);
  addVolumeOwners(plan, ctx, record, spec.process.user);
  markUsed(ctx, record);
  addOverlayMounts(plan, ctx, record);
  if (record.options.cgroups !== 'disabled')
    addCgroup(plan, ctx, {
      ...cgroupWish(record.options),
      id: record.id,
      resources: spec.linux.resources,
      isPidsDefault: record.options.limits.pidsIsDefault ?? false,
    });
  addNetwork(plan, ctx, record);
  addStreams(plan, ctx, record, mode);
  addPolicies(plan, ctx, record, mode);
  addEvents(plan, ctx, record, record.options.autoRemove ? record.anonymousVolumes : []);
  addRuntime(plan, ctx, record);
  const seccomp = needsFilter(record) ? spec.linux.seccomp : undefined;
  addSpec(plan, spec, seccomp && compileSeccomp(ctx, seccomp));
  return plan;
}

/** Another runtime compiles its own, but health checks are run by the helper. */
function needsFilter({ options: { runtime, health } }: ContainerRecord): boolean {
  return !runtime || isChecked(health);
}

function addIdentity(plan: Plan, ctx: Context, { id, name, options }: ContainerRecord): void {
  const paths = containerPaths(ctx, id);
  plan.add('CONTAINER', id, name);
  plan.add('LOCK_FILE', paths.lock);
  plan.add('STATUS_FILE', paths.status);
  plan.add('RUN_DIR', paths.runDirectory);
  plan.add('STOP_FILE', paths.stopRequested);
  if (options.pidFile) plan.add('PID_FILE', options.pidFile);
  if (options.monitorPidFile) plan.add('MONITOR_PID_FILE', options.monitorPidFile);
  else if (!options.autoRemove) plan.add('MONITOR_PID_FILE', paths.monitorPid);
  if (options.autoRemove) return;
  for (const path of [paths.record, paths.config, paths.directory]) plan.add('SYNC', path);
}

function addNetwork(plan: Plan, ctx: Context, record: ContainerRecord): void {
  const network = networkPlan(ctx, { mode: record.options.network, ports: record.ports });
  if (!network) return;
  plan.add('NET_HELPER', network.flags, ...network.argv);
  const { networkRate: rate } = record.options;
  if (rate) plan.add('NET_RATE', rate.egress ?? 0, rate.ingress ?? 0);
  for (const { bytes, what } of network.requests) plan.add('NET_REQUEST', bytes, what);
}

function addStreams(plan: Plan, ctx: Context, { id, options }: ContainerRecord, mode: StartMode): void {
  let stdio = 0;
  if (options.tty) stdio |= PLAN.STDIO_TTY;
  if (options.interactive) stdio |= PLAN.STDIO_STDIN;
  if (options.interactive && mode.foreground) stdio |= PLAN.STDIO_STDIN_ONCE;
  if (options.log.driver === 'passthrough') stdio |= PLAN.STDIO_PASSTHROUGH;
  plan.add('STDIO', stdio);
  if (mode.foreground) {
    const { stdin, stdout, stderr, sigProxy, detachKeys } = mode.foreground;
    plan.add(
      'FOREGROUND',
      (stdin ? PLAN.FOREGROUND_STDIN : 0) |
        (stdout ? PLAN.FOREGROUND_STDOUT : 0) |
        (stderr ? PLAN.FOREGROUND_STDERR : 0) |
        (sigProxy ? PLAN.FOREGROUND_SIG_PROXY : 0),
    );
    plan.add('DETACH_KEYS', detachKeys);
  }
  if (mode.message !== undefined) plan.add('EXIT_MESSAGE', mode.message);
  addLog(plan, containerPaths(ctx, id).log, options.log);
}

function addLog(plan: Plan, defaultPath: string, log: LogSettings): void {
  const driver = {
    'k8s-file': PLAN.LOG_K8S_FILE,
    'json-file': PLAN.LOG_K8S_FILE,
    journald: PLAN.LOG_JOURNALD,
    none: PLAN.LOG_NONE,
    passthrough: PLAN.LOG_NONE,
  }[log.driver];
  plan.add('LOG', driver, log.path ?? defaultPath, log.maxSize ?? 0, log.maxFile ?? 1, log.tag ?? '');
}

function addPolicies(plan: Plan, ctx: Context, record: ContainerRecord, mode: StartMode): void {
  const { id, name, options } = record;
  if (options.restart.policy !== 'no')
    plan.add('RESTART', RESTART[options.restart.policy], options.restart.maximum);
  plan.add('STOP', record.stopSignal, options.stopTimeout * 1000);
  if (options.timeout > 0) plan.add('TIMEOUT', options.timeout * 1000);
  if (mode.hold) plan.add('HOLD');
  if (!options.autoRemove) return;
  const { directory, lock } = containerPaths(ctx, id);
  plan.add('AUTO_REMOVE', directory, `${ctx.paths.root}/tmp/removed-${id}`);
  for (const volume of record.anonymousVolumes)
    plan.add('REMOVE_ON_EXIT', `${ctx.paths.root}/volumes/${volume}`);
  plan.add('FREE_NAME', nameLink(ctx, name));
  plan.add('UNLINK_ON_EXIT', lock);
  if (options.cidFile) plan.add('UNLINK_ON_EXIT', options.cidFile);
}

/** Another OCI runtime, which reads config.json itself. */
function addRuntime(plan: Plan, ctx: Context, { id, options }: ContainerRecord): void {
  if (!options.runtime) return;
  const name = options.runtime.slice(options.runtime.lastIndexOf('/') + 1);
  plan.add('OCI_RUNTIME', options.runtime, `${ctx.paths.runRoot}/${name}`, containerPaths(ctx, id).directory);
}
