import { mkdirSync, renameSync, rmSync } from 'node:fs';
import type { Context } from '../lib/context';
import { isErrno, TspodError } from '../lib/errors';
import { randomId } from '../lib/id';
import { syncDirectory, writeFileAtomic } from '../sys/file-io';
import { volumeName } from './mount-path';
import { loadVolume, volumePaths, type VolumeRecord } from './volume-record';
import { recordEvent } from '../store/events/record-event';

/** What a new volume is to be like. */
export interface VolumeRequest {
  /** Absent: a random one. */
  name?: string;
  anonymous?: boolean;
  labels?: Record<string, string>;
}

/** Makes a volume; it is there with its record, or not at all. Throws 'exists'. */
export function createVolume(ctx: Context, request: VolumeRequest): VolumeRecord {
  const record: VolumeRecord = {
    version: 1,
    name: volumeName(request.name ?? randomId()),
    anonymous: request.anonymous ?? false,
    labels: request.labels ?? {},
    created: new Date().toISOString(),
  };
  const { directory } = volumePaths(ctx, record.name);
  const staging = `${ctx.paths.root}/tmp/volume-${randomId().slice(0, 16)}`;
  mkdirSync(`${ctx.paths.root}/volumes`, { recursive: true, mode: 0o700 });
  mkdirSync(`${staging}/_data`, { recursive: true, mode: 0o755 });
  try {
    writeFileAtomic(`${staging}/volume.json`, JSON.stringify(record), {
      temporary: `${staging}/volume.json.new`,
    });
    renameSync(staging, directory);
    // an anonymous one goes with its container, which a power loss may take, too
    if (!record.anonymous) syncDirectory(`${ctx.paths.root}/volumes`);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    // renaming over a directory that is not empty fails: the name is taken
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    throw new TspodError('exists', `volume with name ${record.name} already exists: volume already exists`);
  }
  recordEvent(ctx, { type: 'volume', status: 'create', name: record.name });
  return record;
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
