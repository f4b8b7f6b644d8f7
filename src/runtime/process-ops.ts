import { capabilityMask } from './capability-bits';
import type { OciCapabilities, OciProcess } from './oci-spec';
import type { Plan } from './plan';

/** RLIMIT_ numbers of setrlimit(2). Source: asm-generic/resource.h. */
const RLIMITS: Record<string, number> = {
  RLIMIT_CPU: 0,
  RLIMIT_FSIZE: 1,
  RLIMIT_DATA: 2,
  RLIMIT_STACK: 3,
  RLIMIT_CORE: 4,
  RLIMIT_RSS: 5,
  RLIMIT_NPROC: 6,
  RLIMIT_NOFILE: 7,
  RLIMIT_MEMLOCK: 8,
  RLIMIT_AS: 9,
  RLIMIT_LOCKS: 10,
  RLIMIT_SIGPENDING: 11,
  RLIMIT_MSGQUEUE: 12,
  RLIMIT_NICE: 13,
  RLIMIT_RTPRIO: 14,
  RLIMIT_RTTIME: 15,
};

/** What a program is given, from limits to its arguments; `seccomp` is a compiled filter. */
export function addProcess(plan: Plan, process: OciProcess, seccomp: Uint8Array | undefined): void {
  for (const { type, soft, hard } of process.rlimits ?? []) {
    const resource = RLIMITS[type];
    if (resource === undefined) throw new Error(`unknown resource limit ${type}`);
    plan.add('RLIMIT', resource, limit(soft), limit(hard));
  }
  if (process.oomScoreAdj !== undefined) plan.add('OOM_SCORE_ADJ', String(process.oomScoreAdj));
  const { user } = process;
  if (user.umask !== undefined) plan.add('UMASK', user.umask);
  plan.add('USER', user.uid, user.gid);
  plan.add('GROUPS', ...(user.additionalGids ?? []));
  if (process.capabilities) addCapabilities(plan, process.capabilities);
  if (process.noNewPrivileges) plan.add('NO_NEW_PRIVS');
  if (seccomp) plan.add('SECCOMP', seccomp, 0);
  if (process.apparmorProfile) plan.add('LSM_LABEL', 'apparmor', process.apparmorProfile);
  if (process.selinuxLabel) plan.add('LSM_LABEL', 'selinux', process.selinuxLabel);
  plan.add('CWD', process.cwd);
  plan.add('ENV', ...process.env);
  plan.add('ARGV', ...process.args);
}

/** -1, as Podman writes no limit, is the greatest number. */
function limit(value: number): number {
  return value < 0 ? Infinity : value;
}

function addCapabilities(plan: Plan, sets: OciCapabilities): void {
  plan.add(
    'CAPS',
    capabilityMask(sets.bounding),
    capabilityMask(sets.effective),
    capabilityMask(sets.permitted),
    capabilityMask(sets.inheritable),
    capabilityMask(sets.ambient),
  );
}
