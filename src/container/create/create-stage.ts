import { chmodSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { isErrno } from '../../lib/errors';
import { syncDirectory, writeFileAtomic } from '../../sys/file-io';
import { makeDisk, mountedDisk } from '../rootfs/container-disk';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';

/**
 * Puts a container's directory in place, whole or not at all. Without `sync` the monitor makes it last later: a container
 * that is started at once is worth nothing after a power loss. `secrets` are the
 * data of its secrets, by their places in the record.
 */
export function stageContainer(
  ctx: Context,
  record: ContainerRecord,
  options: { sync: boolean; secrets?: ReadonlyMap<number, Buffer> | undefined },
): void {
  const staging = `${ctx.paths.root}/tmp/container-${record.id}`;
  makeDirectory(ctx, staging);
  try {
    const { disk } = record.options;
    const isMounted = mountedDisk(record.options) !== undefined;
    for (const name of ['upper', 'work', 'merged', ...(isMounted ? ['disk'] : [])])
      mkdirSync(`${staging}/${name}`, { mode: 0o755 });
    chmodSync(`${staging}/upper`, rootMode(ctx, record));
    if (disk) makeDisk(ctx, staging, disk);
    writeRecord(`${staging}/record.json`, record, options.sync);
    if (options.secrets) {
      mkdirSync(`${staging}/secrets`, { mode: 0o700 });
      for (const [index, data] of options.secrets)
        writeFileSync(`${staging}/secrets/${index}`, data, { mode: 0o600 });
    }
    renameInPlace(ctx, staging, record.id);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    throw error;
  }
  if (options.sync) syncDirectory(`${ctx.paths.root}/containers`);
}

/** Replaces the record of a container that nobody knows of yet. */
export function rewriteRecord(ctx: Context, record: ContainerRecord, options: { sync: boolean }): void {
  writeRecord(containerPaths(ctx, record.id).record, record, options.sync);
}

/** The upper directory is what `/` of the container looks like. */
export function rootMode(ctx: Context, { lowers, options }: ContainerRecord): number {
  const top =
    options.rootfs?.directory ?? (lowers[0] === undefined ? undefined : `${ctx.paths.root}/${lowers[0]}`);
  return top === undefined ? 0o755 : statSync(top).mode & 0o7777;
}

function writeRecord(path: string, record: ContainerRecord, sync: boolean): void {
  const text = `${JSON.stringify(record)}\n`;
  if (sync) writeFileAtomic(path, text, { temporary: `${path}.new`, mode: 0o600 });
  else writeFileSync(path, text, { mode: 0o600 });
}

/** The store's own directories are made by the first container. */
function makeDirectory(ctx: Context, staging: string): void {
  try {
    mkdirSync(staging, { mode: 0o700 });
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    for (const name of ['tmp', 'containers', 'names', 'locks']) {
      mkdirSync(`${ctx.paths.root}/${name}`, { recursive: true, mode: 0o700 });
    }
    mkdirSync(staging, { mode: 0o700 });
  }
}

function renameInPlace(ctx: Context, staging: string, id: string): void {
  const { directory } = containerPaths(ctx, id);
  try {
    renameSync(staging, directory);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    for (const name of ['containers', 'locks']) {
      mkdirSync(`${ctx.paths.root}/${name}`, { recursive: true, mode: 0o700 });
    }
    renameSync(staging, directory);
  }
}
