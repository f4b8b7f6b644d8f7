import { readdirSync, readlinkSync } from 'node:fs';
import { TspodError } from '../../lib/errors';
import type { Plan } from '../../runtime/plan';

/** Descriptors of the caller that a program gets under their own numbers. */
export interface PreserveRequest {
  /** How many from 3 on. */
  count: number;
  /** Others, by number. */
  list: readonly number[];
}

/** The descriptors that are asked for, without repeats. Throws 'usage' for one that the caller has not opened. */
export function callersDescriptors({ count, list }: PreserveRequest): number[] {
  const isOpen = openDescriptors();
  const following = Array.from({ length: count }, (_, index) => index + 3);
  for (const descriptor of following) if (!isOpen(descriptor)) throw missing(descriptor, 'preserve-fds');
  for (const descriptor of list) if (!isOpen(descriptor)) throw missing(descriptor, 'preserve-fd');
  return [...new Set([...following, ...list])].filter((descriptor) => descriptor > 2);
}

/** Adds descriptors to a plan: those from 3 on by their number, which other OCI runtimes know too. Whether there are others. */
export function addPreserved(plan: Plan, descriptors: readonly number[]): boolean {
  const all = new Set(descriptors);
  let count = 0;
  while (all.has(3 + count)) count++;
  const others = [...all].filter((descriptor) => descriptor >= 3 + count);
  if (count > 0) plan.add('PRESERVE_FDS', count);
  if (others.length > 0) plan.add('PRESERVE_FD_LIST', ...others);
  return others.length > 0;
}

/** Node's own ones are no files: event loops and counters, and pipes of which it has both ends. */
function openDescriptors(): (descriptor: number) => boolean {
  const links = new Map<number, string>();
  for (const name of readdirSync('/proc/self/fd')) {
    const link = target(name);
    if (link !== undefined) links.set(Number(name), link);
  }
  const first = Math.min(
    ...[...links].flatMap(([fd, link]) => (link === 'anon_inode:[eventpoll]' ? [fd] : [])),
  );
  const isNodes = (descriptor: number, link: string): boolean => {
    if (descriptor < first) return false;
    if (link.startsWith('anon_inode:')) return true;
    return link.startsWith('pipe:') && [...links.values()].filter((other) => other === link).length > 1;
  };
  return (descriptor) => {
    const link = links.get(descriptor);
    return link !== undefined && !isNodes(descriptor, link);
  };
}

function target(name: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    return undefined;
  }
}

function missing(descriptor: number, option: string): TspodError {
  return new TspodError(
    'usage',
    `file descriptor ${descriptor} is not available - the ${option} option requires that file descriptors must be passed`,
    { hint: `open it in the shell: ${descriptor}<FILE` },
  );
}
