import { isCdiName, parseDevice } from '../../../container/options/parse-device';
import { parseSecret } from '../../../container/options/parse-secret';
import { parseVolumesFrom } from '../../../container/options/parse-volumes-from';
import { TspodError } from '../../../lib/errors';
import { parseStorageOptions } from '../../../container/options/parse-storage-opt';
import { parseSize } from '../../../lib/size';
import { parseMount } from '../../../volume/parse-mount';
import { parseTmpfs } from '../../../volume/parse-tmpfs';
import { parseVolume } from '../../../volume/parse-volume';
import type { UserMount } from '../../../volume/types';
import type { ContainerFlags } from './container-options';

/** Files and devices of a container, from its flags. */
export function parseStorage(flags: ContainerFlags) {
  const images = flags['image-volume'];
  return {
    mounts: checkTargets([
      ...flags.mount.map(parseMount),
      ...flags.volume.map(parseVolume),
      ...flags.tmpfs.map(parseTmpfs),
    ]),
    ...(flags['volumes-from'].length === 0 ? {} : { volumesFrom: checkVolumesFrom(flags['volumes-from']) }),
    ...(flags.secret.length === 0 ? {} : { secrets: flags.secret.map(parseSecret) }),
    readOnly: flags['read-only'] ?? false,
    readOnlyTmpfs: flags['read-only-tmpfs'],
    shmSize: parseShmSize(flags['shm-size'] ?? '65536k'),
    devices: flags.device.filter((text) => !isCdiName(text)).map(parseDevice),
    ...parseStorageOptions(flags['storage-opt']),
    ...(images === 'tmpfs' || images === 'ignore' ? { imageVolumes: images as 'tmpfs' | 'ignore' } : {}),
  };
}

function checkVolumesFrom(texts: readonly string[]): string[] {
  for (const text of texts) parseVolumesFrom(text);
  return [...texts];
}

/** Bytes. Throws 'usage'. */
export function parseShmSize(text: string): number {
  try {
    return parseSize(text);
  } catch (cause) {
    throw new TspodError('usage', `unable to translate --shm-size: ${(cause as Error).message}`, { cause });
  }
}

/** The same mount twice is one, as scripts that put their options together make it. */
function checkTargets(mounts: UserMount[]): UserMount[] {
  const found = new Map<string, UserMount>();
  for (const mount of mounts) {
    const other = found.get(mount.target);
    if (other && JSON.stringify(other) !== JSON.stringify(mount))
      throw new TspodError('usage', `${mount.target}: duplicate mount destination`);
    found.set(mount.target, mount);
  }
  return [...found.values()];
}
