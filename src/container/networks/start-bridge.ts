import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import type { BridgeWish } from '../../network/bridge-types';
import { addNetd } from '../../network/netd-plan';
import type { Plan } from '../../runtime/plan';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { assignFeet, type AssignedFoot } from './assign-feet';
import { bridgeFiles } from './bridge-files';
import { bridgeWish } from './bridge-wish';

/** What a start of a container on bridges needs besides. */
export interface BridgeStart {
  wish: BridgeWish;
  feet: AssignedFoot[];
}

/** Chooses the addresses of a container, and writes the files that tell it of them, unless `files` is false. Throws as assignFeet() and bridgeWish(). */
export function prepareBridge(
  ctx: Context,
  record: ContainerRecord,
  { files = true }: { files?: boolean } = {},
): BridgeStart {
  const { network } = record.options;
  const feet = assignFeet(ctx, record, network.kind === 'bridge' ? network.networks : []);
  const wish = bridgeWish(ctx, record, feet);
  if (files) writeBridgeFiles(ctx, record, feet);
  return { feet, wish };
}

/** Writes /etc/hosts and /etc/resolv.conf, in place: a running container has the files mounted. */
export function writeBridgeFiles(ctx: Context, record: ContainerRecord, feet: readonly AssignedFoot[]): void {
  const { directory } = containerPaths(ctx, record.id);
  const { hosts, resolv } = bridgeFiles(ctx, record, feet);
  for (const [name, text] of [
    ['hosts', hosts],
    ['resolv.conf', resolv],
  ] as const) {
    const path = `${directory}/${name}`;
    if (text === undefined) rmSync(path, { force: true });
    else {
      writeFileSync(path, text, { mode: 0o644 });
      if ((process.umask() & 0o044) !== 0) chmodSync(path, 0o644);
    }
  }
}

/** The part of the plan that the monitor hands on to netd. */
export function addBridge(plan: Plan, ctx: Context, { wish }: BridgeStart): void {
  addNetd(plan, ctx.paths.runRoot, wish);
}
