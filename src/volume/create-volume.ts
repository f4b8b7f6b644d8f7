import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { isErrno, TspodError } from '../lib/errors';
import { randomId } from '../lib/id';
import { syncDirectory, writeFileAtomic } from '../sys/file-io';
import { volumeName } from './mount-path';
import { loadVolume, volumePaths, type VolumeRecord } from './volume-record';
import { recordEvent } from '../store/events/record-event';
import { runTree } from '../runtime/tree';
import { makeSizeImage } from './size-image';
import { limitByQuota, limitOf } from './size-quota';
import { isDirectory } from './volume-backing';
import type { VolumeSettings } from './volume-options';

/** What a new volume is to be like. */
export interface VolumeRequest {
  /** Absent: a random one. */
  name?: string;
  anonymous?: boolean;
  labels?: Record<string, string>;
  settings?: VolumeSettings;
  driver?: 'image';
}

/** In a volume with a size limit that no container has used yet. */
export const UNUSED_MARK = 'unused';

/** Makes a volume; it is there with its record, or not at all. Throws 'exists', and 'machine' for a size that cannot be limited. */
export function createVolume(ctx: Context, request: VolumeRequest): VolumeRecord {
  const record: VolumeRecord = {
    version: 1,
    name: volumeName(request.name ?? randomId()),
    anonymous: request.anonymous ?? false,
    labels: request.labels ?? {},
    created: new Date().toISOString(),
    ...(request.driver === undefined ? {} : { driver: request.driver }),
    ...withLimit(ctx, withoutEmpty(request.settings)),
  };
  const { directory } = volumePaths(ctx, record.name);
  const staging = `${ctx.paths.root}/tmp/volume-${randomId().slice(0, 16)}`;
  mkdirSync(`${ctx.paths.root}/volumes`, { recursive: true, mode: 0o700 });
  mkdirSync(`${staging}/_data`, { recursive: true, mode: 0o755 });
  try {
    prepareData(ctx, staging, record);
    writeFileAtomic(`${staging}/volume.json`, JSON.stringify(record), {
      temporary: `${staging}/volume.json.new`,
    });
    renameSync(staging, directory);
    // an anonymous one goes with its container, which a power loss may take, too
    if (!record.anonymous) syncDirectory(`${ctx.paths.root}/volumes`);
  } catch (error) {
    removeStaging(ctx, staging);
    // renaming over a directory that is not empty fails: the name is taken
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    throw new TspodError('exists', `volume with name ${record.name} already exists: volume already exists`);
  }
  recordEvent(ctx, { type: 'volume', status: 'create', name: record.name });
  return record;
}

function withoutEmpty(settings: VolumeSettings | undefined): Partial<VolumeSettings> {
  if (settings === undefined) return {};
  const { options, ...others } = settings;
  return { ...others, ...(Object.keys(options).length > 0 ? { options } : {}) };
}

/** By what a size is limited here. */
function withLimit(ctx: Context, settings: Partial<VolumeSettings>): Partial<VolumeSettings> {
  const { backing } = settings;
  return backing?.kind === 'image' ? { ...settings, backing: limitOf(ctx, backing) } : settings;
}

/** The owner and mode that were asked for, and the file of a size limit. */
function prepareData(ctx: Context, staging: string, { backing, owner, mode }: VolumeRecord): void {
  if (backing?.kind === 'image') {
    makeSizeImage(ctx, staging, backing.size);
    writeFileSync(`${staging}/${UNUSED_MARK}`, '');
  }
  if (backing?.kind === 'quota') limitByQuota(ctx, [`${staging}/_data`], backing.size);
  if (backing?.kind === 'layers') {
    for (const part of ['upper', 'work']) mkdirSync(`${staging}/${part}`);
    chmodSync(`${staging}/upper`, mode ?? 0o755);
  }
  if (!isDirectory(backing)) return;
  if (mode !== undefined) chmodSync(`${staging}/_data`, mode);
  if (owner === undefined) return;
  runTree(ctx, [{ op: 'chown', path: `${staging}/_data`, uid: owner.uid ?? 0, gid: owner.gid ?? 0 }]);
}

function removeStaging(ctx: Context, staging: string): void {
  try {
    rmSync(staging, { recursive: true, force: true });
  } catch {
    runTree(ctx, [{ op: 'remove', path: staging }]);
  }
}

/** The volume with this name, made when it is not there; two processes at once get the same one. */
export function ensureVolume(
  ctx: Context,
  name: string,
  request: Omit<VolumeRequest, 'name'> = {},
): VolumeRecord {
  const found = loadVolume(ctx, name);
  if (found) return found;
  try {
    return createVolume(ctx, { ...request, name });
  } catch (error) {
    const other = error instanceof TspodError && error.code === 'exists' ? loadVolume(ctx, name) : undefined;
    if (other) return other;
    throw error;
  }
}
