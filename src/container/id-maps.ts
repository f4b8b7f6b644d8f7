import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import type { IdMapping } from '../lib/id-mapping';
import { ranges, subordinateIds } from '../sys/subids';
import type { UsernsMode } from './record';

/** Maps for both kinds of ids. */
export interface IdMaps {
  uids: IdMapping[];
  gids: IdMapping[];
}

/** What the ids of a container are chosen from. */
export interface IdMapFacts {
  /** The maps of the common user namespace: `container` is an id in it, `host` one of the machine. */
  common: IdMaps;
  /** The user's own ids on the machine. */
  uid: number;
  gid: number;
  /** Ranges of the common user namespace that other containers with `auto` have. */
  taken: readonly IdMapping[];
  /** How many ids the image's users need, for `auto` without a size. */
  needed: number;
  /** The ids that `auto` may give away: from the first to before `end`; absent: all subordinate ones. */
  spare?: { from: number; end: number };
}

const ALL_IDS: IdMapping[] = [{ container: 0, host: 0, size: 2 ** 32 - 1 }];

/**
 * What `auto` may give away when root asks: the subordinate ids of the user "containers", as with Podman; root's own ids are
 * those of the machine's users. Throws 'machine' when there are none.
 */
export function rootsSpareIds(): { from: number; end: number } {
  const [uids, gids] = ['/etc/subuid', '/etc/subgid'].map(
    (file) => ranges(file, { user: 'containers', uid: -1 })[0],
  );
  if (uids && gids) {
    const end = Math.min(uids.start + uids.size, gids.start + gids.size);
    return { from: Math.max(uids.start, gids.start), end };
  }
  throw new TspodError(
    'machine',
    '--userns auto: no subordinate ids of the user "containers" in /etc/subuid and /etc/subgid',
    {
      hint: 'give some, as root: echo containers:2147483647:2147483648 | tee -a /etc/subuid /etc/subgid',
    },
  );
}

/** The maps of the namespace that every container's own maps are relative to: the common one; for root the machine's. */
export function commonMaps(ctx: Context): IdMaps {
  return ctx.uid === 0 ? { uids: ALL_IDS, gids: ALL_IDS } : subordinateIds(ctx);
}

/**
 * The maps of a container's own user namespace relative to the common one; undefined when it has none of its own.
 * No extent spans two of the common namespace's: the kernel refuses that (user_namespaces(7)). Throws 'usage' and 'machine'.
 */
export function idMapsOf(mode: UsernsMode, facts: IdMapFacts): IdMaps | undefined {
  const maps = wantedMaps(mode, facts);
  if (maps === undefined) return undefined;
  return {
    uids: splitAtExtents(maps.uids, facts.common.uids, 'user'),
    gids: splitAtExtents(maps.gids, facts.common.gids, 'group'),
  };
}

function wantedMaps(mode: UsernsMode, facts: IdMapFacts): IdMaps | undefined {
  const { common } = facts;
  switch (mode.kind) {
    case 'keep-id': {
      const uid = mode.uid ?? facts.uid;
      const gid = mode.gid ?? facts.gid;
      return {
        uids: keepId(uid, total(common.uids), mode.size),
        gids: keepId(gid, total(common.gids), mode.size),
      };
    }
    case 'nomap':
      return { uids: withoutOwn(total(common.uids)), gids: withoutOwn(total(common.gids)) };
    case 'auto':
      return autoMaps(mode, facts);
    case 'maps':
      return { uids: mode.uids, gids: mode.gids };
    default:
      return undefined;
  }
}

/** `id` in the container is the user; the ids around it are the subordinate ones in their order. */
function keepId(id: number, available: number, size = available): IdMapping[] {
  const below = Math.min(id, available - 1, size);
  const maps = [
    { container: 0, host: 1, size: below },
    { container: id, host: 0, size: 1 },
  ];
  const above = Math.min(available, size) - below - 1;
  maps.push({ container: id + 1, host: below + 1, size: above });
  return maps.filter((map) => map.size > 0);
}

function withoutOwn(available: number): IdMapping[] {
  if (available > 1) return [{ container: 0, host: 1, size: available - 1 }];
  throw noIds('--userns nomap needs subordinate ids');
}

/** The first free range of the subordinate ids; ids that the options map otherwise are left out of it. */
function autoMaps(mode: Extract<UsernsMode, { kind: 'auto' }>, facts: IdMapFacts): IdMaps {
  const size = mode.size ?? facts.needed;
  const { from, end } = facts.spare ?? {
    from: 1,
    end: Math.min(total(facts.common.uids), total(facts.common.gids)),
  };
  const host = freeRange(facts.taken, size, from, end);
  const base = { container: 0, host, size };
  return {
    uids: overlay(base, mode.uidMappings ?? []),
    gids: overlay(base, mode.gidMappings ?? []),
  };
}

function freeRange(taken: readonly IdMapping[], size: number, from: number, available: number): number {
  let at = from;
  for (const { host, size: used } of [...taken].sort((a, b) => a.host - b.host)) {
    if (at + size <= host) break;
    at = Math.max(at, host + used);
  }
  if (at + size <= available) return at;
  throw noIds(
    `--userns auto: not enough unused ids: ${size} wanted, ${Math.max(available - at, 0)} free in a row`,
  );
}

function overlay(base: IdMapping, explicit: readonly IdMapping[]): IdMapping[] {
  let rest = [base];
  for (const { container, size } of explicit) {
    rest = rest.flatMap((map) => [
      { ...map, size: Math.min(map.size, Math.max(container - map.container, 0)) },
      after(map, container + size),
    ]);
  }
  return [...rest.filter((map) => map.size > 0), ...explicit].sort((a, b) => a.container - b.container);
}

function after(map: IdMapping, start: number): IdMapping {
  const skip = Math.min(Math.max(start - map.container, 0), map.size);
  return { container: map.container + skip, host: map.host + skip, size: map.size - skip };
}

function splitAtExtents(maps: readonly IdMapping[], common: readonly IdMapping[], kind: string): IdMapping[] {
  return maps.flatMap((map) => {
    const parts = common.flatMap((extent) => intersection(map, extent));
    if (total(parts) === map.size) return parts.sort((a, b) => a.container - b.container);
    const last = map.host + map.size - 1;
    const range = `${map.host}${map.size > 1 ? `-${last}` : ''}`;
    throw noIds(`the ${kind} ids ${range} are not all yours: there are ${total(common)}, from 0 on`);
  });
}

function intersection(map: IdMapping, extent: IdMapping): IdMapping[] {
  const from = Math.max(map.host, extent.container);
  const to = Math.min(map.host + map.size, extent.container + extent.size);
  return to > from ? [{ container: map.container + from - map.host, host: from, size: to - from }] : [];
}

function total(maps: readonly IdMapping[]): number {
  return maps.reduce((sum, { size }) => sum + size, 0);
}

function noIds(message: string): TspodError {
  return new TspodError('machine', message, {
    hint: 'give yourself more: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER',
  });
}
