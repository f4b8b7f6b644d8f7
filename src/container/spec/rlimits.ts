import { readFileSync } from 'node:fs';
import { TspodError } from '../../lib/errors';
import { CAPABILITY_BITS } from '../../runtime/capability-bits';
import type { OciProcess } from '../../runtime/oci-spec';
import { ownCapabilities } from '../capabilities';
import type { Ulimit } from '../record';

/** Podman's defaults, as far as one's own hard limit allows. */
const DEFAULTS: Readonly<Record<string, number>> = { nofile: 1_048_576, nproc: 4_194_304 };

/** How /proc/PID/limits calls them. Source: fs/proc/base.c of the kernel. */
const NAMES: Readonly<Record<string, string>> = {
  as: 'Max address space',
  core: 'Max core file size',
  cpu: 'Max cpu time',
  data: 'Max data size',
  fsize: 'Max file size',
  locks: 'Max file locks',
  memlock: 'Max locked memory',
  msgqueue: 'Max msgqueue size',
  nice: 'Max nice priority',
  nofile: 'Max open files',
  nproc: 'Max processes',
  rss: 'Max resident set',
  rtprio: 'Max realtime priority',
  rttime: 'Max realtime timeout',
  sigpending: 'Max pending signals',
  stack: 'Max stack size',
};

/** The limits of a program: what was asked for, and the defaults. -1 is no limit, or one's own. Throws 'machine' beyond one's own hard limit. */
export function rlimitsOf(
  ulimits: readonly Ulimit[],
  canRaise: boolean,
  limits: string = readFileSync('/proc/self/limits', 'utf8'),
): NonNullable<OciProcess['rlimits']> {
  const result = new Map<string, { soft: number; hard: number }>();
  if (!ulimits.some(({ name }) => name === 'host')) {
    for (const [name, wanted] of Object.entries(DEFAULTS)) {
      const value = canRaise ? wanted : lesser(wanted, hardLimit(limits, name));
      result.set(name, { soft: value, hard: value });
    }
  }
  for (const { name, soft, hard } of ulimits) {
    if (name === 'host') continue;
    const own = canRaise ? -1 : hardLimit(limits, name);
    // "unlimited" is as much as there is
    if (hard !== -1) checkHard(name, hard, own);
    result.set(name, { soft: soft === -1 ? own : soft, hard: hard === -1 ? own : hard });
  }
  return [...result].map(([name, limit]) => ({ type: `RLIMIT_${name.toUpperCase()}`, ...limit }));
}

/** Whether hard limits can be raised: by root with CAP_SYS_RESOURCE, which root of a container or a small machine may lack. */
export function canRaiseLimits(uid: number): boolean {
  return uid === 0 && (ownCapabilities('CapEff') >> BigInt(CAPABILITY_BITS.SYS_RESOURCE)) % 2n === 1n;
}

function checkHard(name: string, wanted: number, own: number): void {
  if (own === -1 || wanted <= own) return;
  throw new TspodError('machine', `--ulimit ${name}: ${wanted} is above your own hard limit of ${own}`, {
    hint: `raise it in /etc/security/limits.conf and log in again, or ask for at most ${own}`,
  });
}

function lesser(wanted: number, own: number): number {
  return own === -1 ? wanted : Math.min(wanted, own);
}

function hardLimit(limits: string, name: string): number {
  const title = NAMES[name] ?? '';
  const line = limits.split('\n').find((each) => each.startsWith(title));
  const [, hard = 'unlimited'] = (line ?? '').slice(title.length).trim().split(/\s+/);
  return hard === 'unlimited' ? -1 : Number(hard);
}
