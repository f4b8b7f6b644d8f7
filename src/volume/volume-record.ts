import { readdirSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { readJsonFile } from '../sys/file-io';
import type { VolumeBacking } from './volume-backing';

/** `volumes/<name>/volume.json`; the data lie beside it in `_data`. */
export interface VolumeRecord {
  version: 1;
  name: string;
  /** Made for one container: `prune` removes it, and so do `run --rm` and `rm -v`. */
  anonymous: boolean;
  labels: Record<string, string>;
  /** RFC 3339, UTC. */
  created: string;
  /** Absent: `local`. */
  driver?: 'image';
  /** Of `volume create`, as `inspect` shows them. */
  options?: Record<string, string>;
  /** Absent: its directory `_data`. */
  backing?: VolumeBacking;
  /** Asked for: ids in containers with the default map. */
  owner?: { uid?: number; gid?: number };
  mode?: number;
  /** Whether what the image has at its place is left out. */
  noCopy?: boolean;
}

/** Where a volume's record and data are. */
export function volumePaths(ctx: Context, name: string): { directory: string; record: string; data: string } {
  const directory = `${ctx.paths.root}/volumes/${name}`;
  return { directory, record: `${directory}/volume.json`, data: `${directory}/_data` };
}

/** The record of the volume with this very name, or undefined. Throws 'invalid' for one that is damaged. */
export function loadVolume(ctx: Context, name: string): VolumeRecord | undefined {
  const path = volumePaths(ctx, name).record;
  let record: unknown;
  try {
    record = readJsonFile(path);
  } catch (error) {
    if (error instanceof TspodError) throw brokenRecord(ctx, name, error);
    throw error;
  }
  if (record === undefined) return undefined;
  if (!isRecord(record))
    throw brokenRecord(ctx, name, new Error(`reading "${path}": it is no record of a volume`));
  // a crash in the middle of a renaming leaves the old one in the file
  return { ...record, name };
}

function brokenRecord(ctx: Context, name: string, cause: Error): TspodError {
  const hint = `remove the volume, with what is in ${volumePaths(ctx, name).data}: tspod volume rm ${name}`;
  return new TspodError('invalid', `the record of volume ${name} is broken: ${cause.message}`, {
    hint,
    cause,
  });
}

function isRecord(found: unknown): found is VolumeRecord {
  if (typeof found !== 'object' || found === null) return false;
  const { created, labels } = found as { created?: unknown; labels?: unknown };
  return typeof created === 'string' && typeof labels === 'object' && labels !== null;
}

/** The volume with this name or a unique beginning of it. Throws 'not-found' with this exit status, or 'usage' for an ambiguous one. */
export function findVolume(ctx: Context, text: string, exitCode = 1): VolumeRecord {
  const found = loadVolume(ctx, findVolumeName(ctx, text, exitCode));
  if (found === undefined) throw noSuchVolume(text, exitCode);
  return found;
}

/** The same by name alone: its record may be broken, or lost. */
export function findVolumeName(ctx: Context, text: string, exitCode = 1): string {
  const matches = text === '' ? [] : volumeNames(ctx).filter((name) => name.startsWith(text));
  if (matches.includes(text)) return text;
  if (matches.length > 1)
    throw new TspodError('usage', `more than one volume begins with "${text}": ${matches.join(', ')}`);
  if (matches[0] === undefined) throw noSuchVolume(text, exitCode);
  return matches[0];
}

function noSuchVolume(text: string, exitCode: number): TspodError {
  return new TspodError('not-found', `no volume with name "${text}" found: no such volume`, { exitCode });
}

/** The names of all volumes, sorted. */
export function volumeNames(ctx: Context): string[] {
  try {
    return readdirSync(`${ctx.paths.root}/volumes`).sort();
  } catch {
    return [];
  }
}

/** All volumes, sorted by name. Those with a broken record are left out, and told of at level `error`. */
export function listVolumes(ctx: Context): VolumeRecord[] {
  return volumeNames(ctx).flatMap((name) => {
    try {
      return loadVolume(ctx, name) ?? [];
    } catch (error) {
      if (!(error instanceof TspodError) || error.code !== 'invalid') throw error;
      ctx.log('error', `${error.message}; ${error.hint ?? ''}`);
      return [];
    }
  });
}
