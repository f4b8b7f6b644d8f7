import { statSync } from 'node:fs';
import type { Context } from '../lib/context';
import type { SharedMount } from '../runtime/shared-mount';
import { IMAGE_FILE, imageMount } from './size-image';
import { volumePaths, type VolumeRecord } from './volume-record';

/** What a volume is made of when it is not just its directory. */
export type VolumeBacking =
  /** A directory or file of this machine. */
  | { kind: 'bind'; source: string; options: string[] }
  /** In memory, and only as long as a container uses it. */
  | { kind: 'tmpfs'; options: string[] }
  /** Its directory, with a limit of this many bytes. */
  | { kind: 'quota'; size: number }
  /** A file with a file system of this many bytes. */
  | { kind: 'image'; size: number }
  /** Layers of an image, from top to bottom, below one of its own. */
  | { kind: 'layers'; chainIds: string[] }
  /** Another file system that root mounts. */
  | { kind: 'device'; type: string; source: string; options: string[] };

/** Whether a volume is nothing but its directory. */
export function isDirectory(
  backing: VolumeBacking | undefined,
): backing is undefined | { kind: 'quota'; size: number } {
  return backing === undefined || backing.kind === 'quota';
}

/** Where the content of a volume is, once it is mounted. */
export function volumeData(ctx: Context, { name, backing }: Pick<VolumeRecord, 'name' | 'backing'>): string {
  return backing?.kind === 'bind' ? backing.source : volumePaths(ctx, name).data;
}

/** What has to be mounted before a volume's content can be seen; undefined for most. Error `machine`: a program is missing. */
export function volumeMount(ctx: Context, volume: VolumeRecord): SharedMount | undefined {
  const { directory, data } = volumePaths(ctx, volume.name);
  const { backing, owner = {}, mode = 0o755 } = volume;
  const place = { target: data, place: directory };
  switch (backing?.kind) {
    case 'tmpfs':
      return {
        ...place,
        what: { type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', ...backing.options] },
      };
    case 'device':
      return { ...place, what: { type: backing.type, source: backing.source, options: backing.options } };
    case 'image': {
      const { uid = 0, gid = 0 } = owner;
      return { ...imageMount(ctx, place), part: { name: 'data', mode, uid, gid } };
    }
    case 'layers':
      return { ...place, what: stackOf(ctx, volume.name, backing.chainIds) };
    default:
      return undefined;
  }
}

/** With names relative to the store: the kernel takes a page of them. */
function stackOf(ctx: Context, name: string, chainIds: readonly string[]): SharedMount['what'] {
  const lowers = chainIds.map((hex) => `layers/${hex}/diff`).join(':');
  const own = ['upper', 'work'].map((part) => `${part}dir=volumes/${name}/${part}`);
  return {
    type: 'overlay',
    source: 'overlay',
    options: [`lowerdir=${lowers}`, ...own, 'userxattr'],
    directory: ctx.paths.root,
  };
}

/** Where the room that a volume takes up can be measured, or the bytes; those of another directory are not counted. */
export function measuredVolume(ctx: Context, { name, backing }: VolumeRecord): string | number {
  const { directory, data } = volumePaths(ctx, name);
  if (isDirectory(backing)) return data;
  if (backing.kind === 'layers') return `${directory}/upper`;
  if (backing.kind !== 'image') return 0;
  return (statSync(`${directory}/${IMAGE_FILE}`, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}
