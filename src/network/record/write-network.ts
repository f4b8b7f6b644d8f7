import { mkdirSync, rmSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { isErrno } from '../../lib/errors';
import { syncDirectory, writeFileAtomic } from '../../sys/file-io';
import { withFileLock } from '../../sys/file-lock';
import { networkPath, networksFolder, type NetworkRecord } from './network-record';

/** Runs `work` while nobody else makes or removes networks, or chooses addresses in them. */
export function withNetworksLock<T>(ctx: Context, work: () => T): T {
  return withFileLock(`${ctx.paths.root}/locks/networks`, work);
}

/** Writes a network's record, over the one that is there; to be called with the lock. */
export function writeNetwork(ctx: Context, record: NetworkRecord): void {
  mkdirSync(networksFolder(ctx), { recursive: true, mode: 0o700 });
  const path = networkPath(ctx, record.name);
  writeFileAtomic(path, JSON.stringify(record, null, 5), {
    temporary: `${ctx.paths.root}/tmp/network-${record.id.slice(0, 16)}-${process.pid}`,
  });
}

/** Removes a network's record; to be called with the lock. */
export function removeNetworkFile(ctx: Context, { name }: NetworkRecord): void {
  try {
    rmSync(networkPath(ctx, name));
    syncDirectory(networksFolder(ctx));
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
