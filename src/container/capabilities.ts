import { readFileSync } from 'node:fs';
import { TspodError } from '../lib/errors';
import { CAPABILITY_BITS } from '../runtime/capability-bits';
import type { OciCapabilities } from '../runtime/oci-spec';

/** What a container has unless it is told otherwise: Podman's eleven. */
export const DEFAULT_CAPABILITIES = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
] as const;

/** What decides over a container's capabilities. */
export interface CapabilityRequest {
  /** What it begins with; absent: DEFAULT_CAPABILITIES. */
  base?: readonly string[] | undefined;
  add: readonly string[];
  drop: readonly string[];
  privileged: boolean;
  /** Whether the program runs as uid 0. */
  isRoot: boolean;
  /** Those that the kernel knows, with CAP_. */
  known: readonly string[];
}

/** Checks the names and that nothing is both added and dropped. Throws 'usage'. */
export function checkCapabilities(add: readonly string[], drop: readonly string[]): void {
  const added = add.map(normalize);
  const dropped = drop.map(normalize);
  if (added.includes('ALL') && dropped.includes('ALL')) {
    throw new TspodError('usage', 'adding all caps and removing all caps not allowed');
  }
  const both = added.find((name) => dropped.includes(name));
  if (both !== undefined) throw new TspodError('usage', `capability "${both}" cannot be dropped and added`);
}

/** The five sets of capabilities(7). A user other than root has only those that were added by name, as ambient ones. */
export function capabilitySets(request: CapabilityRequest): OciCapabilities {
  const bounding = boundingSet(request);
  if (request.isRoot) {
    return { bounding, effective: bounding, permitted: bounding, inheritable: [], ambient: [] };
  }
  const asked = request.add.map(normalize).filter((name) => name !== 'ALL' && bounding.includes(name));
  const own = request.add.map(normalize).includes('ALL') ? bounding : sorted(asked);
  return { bounding, effective: own, permitted: own, inheritable: own, ambient: own };
}

/**
 * The capabilities that a container can be given: those that the kernel knows (`last`: /proc/sys/kernel/cap_last_cap),
 * without a user namespace only those of the caller's own bounding set.
 */
export function availableCapabilities(last: number, bounding?: bigint): string[] {
  return sorted(
    Object.entries(CAPABILITY_BITS)
      .filter(([, bit]) => bit <= last && (bounding === undefined || (bounding >> BigInt(bit)) % 2n === 1n))
      .map(([name]) => `CAP_${name}`),
  );
}

/** One of the sets of this process, such as CapBnd (proc(5), /proc/PID/status). */
export function ownCapabilities(set: 'CapBnd' | 'CapEff'): bigint {
  const status = readFileSync('/proc/self/status', 'utf8');
  return BigInt(`0x${new RegExp(`^${set}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`);
}

let here: string[] | undefined;

/** What this machine has for the containers of this user. */
export function capabilitiesHere(uid: number): string[] {
  return (here ??= readCapabilities(uid));
}

function readCapabilities(uid: number): string[] {
  const last = Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'));
  return availableCapabilities(last, uid === 0 ? ownCapabilities('CapBnd') : undefined);
}

function boundingSet(request: CapabilityRequest): string[] {
  const { add, drop, privileged, known } = request;
  const defaults = request.base?.map(normalize) ?? DEFAULT_CAPABILITIES;
  const added = add.map(normalize);
  const dropped = drop.map(normalize);
  let base: readonly string[] =
    privileged || added.includes('ALL') ? known : defaults.filter((name) => known.includes(name));
  if (dropped.includes('ALL')) base = [];
  const all = new Set([...base, ...added.filter((name) => name !== 'ALL')]);
  for (const name of dropped) all.delete(name);
  return sorted([...all]);
}

function normalize(name: string): string {
  const upper = name.toUpperCase();
  if (upper === 'ALL') return upper;
  const full = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
  if (Object.hasOwn(CAPABILITY_BITS, full.slice(4))) return full;
  throw new TspodError('usage', `"${full}": unknown capability`, {
    hint: 'see capabilities(7) for their names',
  });
}

function sorted(names: string[]): string[] {
  return names.sort();
}
