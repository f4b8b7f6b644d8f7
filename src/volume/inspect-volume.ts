import { statSync } from 'node:fs';
import type { Context } from '../lib/context';
import { goMap } from '../lib/go-template/values';
import { isDirectory } from './volume-backing';
import { volumePaths, type VolumeRecord } from './volume-record';

/** A volume in the words of `podman volume inspect`; `mountCount`: in how many running containers it is. */
export function inspectVolume(ctx: Context, volume: VolumeRecord, mountCount: number) {
  const { data } = volumePaths(ctx, volume.name);
  const { uid, gid } = ownerOf(ctx, volume, data);
  return {
    Name: volume.name,
    Driver: volume.driver ?? 'local',
    Mountpoint: data,
    CreatedAt: volume.created,
    Labels: goMap(volume.labels),
    Scope: 'local',
    Options: goMap(volume.options ?? {}),
    ...(volume.anonymous ? { Anonymous: true } : {}),
    // a missing id is the user's own, as the common user namespace shows it
    ...(uid === ctx.uid ? {} : { UID: uid }),
    ...(gid === ctx.gid ? {} : { GID: gid }),
    MountCount: mountCount,
    NeedsCopyUp: false,
    LockNumber: 0,
  };
}

/** Ids that were asked for are shown as they were, as Podman does; others as this machine knows them. */
function ownerOf(ctx: Context, { owner, backing }: VolumeRecord, data: string): { uid: number; gid: number } {
  if (owner !== undefined) return { uid: owner.uid ?? ctx.uid, gid: owner.gid ?? ctx.gid };
  return isDirectory(backing) ? statSync(data) : { uid: ctx.uid, gid: ctx.gid };
}
