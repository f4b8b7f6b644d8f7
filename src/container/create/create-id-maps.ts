import type { ResolvedImage } from '../../image/find/resolve';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { IdMapping } from '../../lib/id-mapping';
import { containerIds, loadRecord, loadRecordIfWhole } from '../find';
import { commonMaps, idMapsOf, rootsSpareIds, type IdMaps } from '../id-maps';
import type { ContainerOptions } from '../record';
import { readRootfsFile } from '../rootfs/rootfs-view';
import { parseGroup, parsePasswd } from './user-lookup';

/** The least number of ids that `--userns auto` gives, as Podman. */
const LEAST = 1024;
/** The id of nobody: not one that the image needs. */
const NOBODY = 65534;

/**
 * The id maps of a new container; undefined when it lives in the common user namespace. Throws 'machine' without enough ids,
 * 'usage' for root without root's ids.
 */
export function createIdMaps(
  ctx: Context,
  options: ContainerOptions,
  image: ResolvedImage | undefined,
): IdMaps | undefined {
  const { userns } = options;
  if (userns.kind === 'host' || userns.kind === 'path') return undefined;
  if (userns.kind === 'container') return loadRecord(ctx, userns.target).idMaps;
  if (userns.kind === 'nomap' && ctx.uid === 0)
    throw new TspodError('usage', '--userns nomap is only supported in rootless mode');
  const isAuto = userns.kind === 'auto';
  return idMapsOf(userns, {
    common: commonMaps(ctx),
    ...(isAuto && ctx.uid === 0 ? { spare: rootsSpareIds() } : {}),
    uid: ctx.uid,
    gid: ctx.gid,
    taken: isAuto ? takenRanges(ctx) : [],
    needed: isAuto && userns.size === undefined ? neededIds(options, image?.layers ?? []) : 0,
  });
}

function takenRanges(ctx: Context): IdMapping[] {
  return containerIds(ctx).flatMap((id) => {
    const record = loadRecordIfWhole(ctx, id);
    if (record?.options.userns.kind !== 'auto' || !record.idMaps) return [];
    return [...record.idMaps.uids, ...record.idMaps.gids].filter(({ host }) => host > 0);
  });
}

/** One more than the greatest id of the image's users and groups and of the user that was asked for. */
function neededIds({ user = '' }: ContainerOptions, directories: readonly string[]): number {
  const view = { directories };
  const passwd = parsePasswd(readRootfsFile(view, '/etc/passwd') ?? '');
  const group = parseGroup(readRootfsFile(view, '/etc/group') ?? '');
  const asked = user
    .split(':')
    .filter((part) => /^\d+$/.test(part))
    .map(Number);
  const ids = [...passwd.flatMap(({ uid, gid }) => [uid, gid]), ...group.map(({ gid }) => gid)];
  const greatest = Math.max(0, ...asked, ...ids.filter((id) => id < NOBODY));
  return Math.max(LEAST, greatest + 1);
}
