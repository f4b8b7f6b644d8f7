import { statSync } from 'node:fs';
import type { Context } from '../lib/context';
import { goMap } from '../lib/go-template/values';
import { volumePaths, type VolumeRecord } from './volume-record';

/** A volume in the words of `podman volume inspect`. */
export function inspectVolume(ctx: Context, volume: VolumeRecord) {
  const { data } = volumePaths(ctx, volume.name);
  const { uid, gid } = statSync(data);
  return {
    Name: volume.name,
    Driver: 'local',
    Mountpoint: data,
    CreatedAt: volume.created,
    Labels: goMap(volume.labels),
    Scope: 'local',
    Options: goMap({}),
    ...(volume.anonymous ? { Anonymous: true } : {}),
    // a missing id is the user's own, as the common user namespace shows it
    ...(uid === ctx.uid ? {} : { UID: uid }),
    ...(gid === ctx.gid ? {} : { GID: gid }),
    MountCount: 0,
    NeedsCopyUp: false,
    LockNumber: 0,
  };
}
