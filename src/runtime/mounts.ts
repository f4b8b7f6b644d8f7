import { readFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { PLAN } from './protocol';
import { runTreePlan, treePlan } from './tree';

/** What is put on top of each other by overlayfs. */
export interface OverlayMount {
  target: string;
  /** Absent: read-only. */
  upper?: string;
  work?: string;
  /** From top to bottom; without an upper directory at least two. */
  lowers: readonly string[];
  /** Data-only directories below them. */
  data?: readonly string[];
}

/** Mounts in this process's mount namespace; for a process that has all ids (`tspod unshare`, root). */
export function mountOverlay(ctx: Context, { target, upper, work, lowers, data = [] }: OverlayMount): void {
  const plan = treePlan(ctx);
  const flags = PLAN.OVERLAY_USERXATTR | (upper === undefined ? PLAN.OVERLAY_READONLY : 0);
  plan.add('ROOTFS_OVERLAY', target, upper ?? '', work ?? '', flags, ...lowers);
  if (data.length > 0) plan.add('ROOTFS_DATA', ...data);
  runTreePlan(ctx, plan, 'mounting');
}

/** Unmounts; what is not mounted is no error. */
export function unmountAll(ctx: Context, targets: readonly string[]): void {
  const plan = treePlan(ctx);
  for (const target of targets) plan.add('TREE_UNMOUNT', target);
  runTreePlan(ctx, plan, 'unmounting');
}

/** Where something is mounted in this process's mount namespace. */
export function mountPoints(): Set<string> {
  const lines = readFileSync('/proc/self/mountinfo', 'latin1').split('\n');
  return new Set(lines.map((line) => unescape(line.split(' ')[4] ?? '')));
}

/** Blanks and the like are octal numbers there (proc_pid_mountinfo(5)). */
function unescape(text: string): string {
  const bytes = text.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
  return Buffer.from(bytes, 'latin1').toString();
}
