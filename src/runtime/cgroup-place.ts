import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';

/** Where a container's cgroup can be made. */
export type CgroupPlace =
  /** Below this directory, which is the user's to write; `controllers` are those that it may hand on. */
  | { kind: 'directory'; parent: string; controllers: string[] }
  /** A transient scope in this slice, whose directory is `parent`, asked of the systemd behind this D-Bus address. */
  | { kind: 'scope'; bus: string; slice: string; parent: string; mount: string; controllers: string[] }
  | { kind: 'none'; reason: string };

const MOUNT = '/sys/fs/cgroup';
const ROOT_SOCKET = '/run/systemd/private';

/** Where a container asks for its cgroup to be. */
export interface CgroupWish {
  /** Below the caller's own group, where that may be written. */
  split?: boolean;
  /** The monitor stays in the caller's own group. */
  stays?: boolean;
  /** A slice where systemd makes groups; else a path, from the root of the hierarchy when it begins with a slash. */
  parent?: string | undefined;
}

/**
 * Finds the place: root's own tree, the user's systemd, or the caller's cgroup where that was delegated. Throws 'usage' for a
 * parent that does not suit it.
 */
export function cgroupPlace(ctx: Context, { split, parent }: CgroupWish = {}): CgroupPlace {
  const place = (split ? callersPlace() : undefined) ?? defaultPlace(ctx);
  return parent === undefined ? place : placeBelow(place, parent);
}

function callersPlace(): CgroupPlace | undefined {
  const own = ownCgroup(findMount());
  return own !== undefined && isWritable(own) ? directory(own, own, own) : undefined;
}

function placeBelow(place: CgroupPlace, parent: string): CgroupPlace {
  if (place.kind === 'none') return place;
  const isSlice = /[^/]\.slice$/.test(parent);
  if (place.kind === 'scope') {
    if (!isSlice)
      throw wrongParent(
        'did not receive systemd slice as cgroup parent when using systemd to manage cgroups',
      );
    const slice = parent.slice(parent.lastIndexOf('/') + 1);
    const manager = place.parent.slice(0, -place.slice.length);
    return { ...place, slice, parent: `${manager}${slicePath(slice)}` };
  }
  if (isSlice) throw wrongParent('systemd slice received as cgroup parent when using cgroupfs');
  const top = parent.startsWith('/') ? findMount() : place.parent;
  const path = `${top}/${parent.split('/').filter(Boolean).join('/')}`;
  return { ...place, parent: path, controllers: controllersAbove(path) };
}

/** `a-b.slice` is in `a.slice`. */
function slicePath(slice: string): string {
  const words = slice.replace(/\.slice$/, '').split('-');
  return words.map((_, at) => `${words.slice(0, at + 1).join('-')}.slice`).join('/');
}

/** Of the nearest group that is there. */
function controllersAbove(path: string): string[] {
  if (existsSync(`${path}/cgroup.controllers`) || path.length < MOUNT.length) return controllersOf(path);
  return controllersAbove(path.slice(0, path.lastIndexOf('/')));
}

function wrongParent(message: string): TspodError {
  return new TspodError('usage', `--cgroup-parent: ${message}: invalid argument`, {
    hint: 'a slice is called NAME.slice; a path is for --cgroup-manager cgroupfs',
  });
}

function findMount(): string | undefined {
  return [MOUNT, `${MOUNT}/unified`].find((path) => existsSync(`${path}/cgroup.controllers`));
}

function defaultPlace(ctx: Context): CgroupPlace {
  const mount = findMount();
  if (mount === undefined)
    return { kind: 'none', reason: 'cgroup version 2 is not mounted on /sys/fs/cgroup' };
  const manager = ctx.overrides?.cgroupManager ?? ctx.defaults?.cgroupManager;
  const scope = manager === 'cgroupfs' ? undefined : systemdScope(ctx, mount);
  if (scope !== undefined) return scope;
  if (ctx.uid === 0) return directory(mount, `${mount}/tspod`, mount);
  const own = ownCgroup(mount);
  if (own !== undefined && isWritable(own)) return directory(own, own, own);
  return {
    kind: 'none',
    reason: 'there is no systemd user session, and the current cgroup is not delegated to you',
  };
}

/** The caller's own cgroup directory, or undefined when version 2 does not tell. */
function ownCgroup(mount = MOUNT): string | undefined {
  const line = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .find((text) => text.startsWith('0::'));
  return line === undefined ? undefined : `${mount}${line.slice(3)}`.replace(/\/$/, '');
}

function directory(controllersFrom: string, parent: string, mustWrite: string): CgroupPlace {
  if (!isWritable(mustWrite)) return { kind: 'none', reason: `${mustWrite} is not writable` };
  return { kind: 'directory', parent, controllers: controllersOf(controllersFrom) };
}

/** The controllers that a group has. */
export function controllersOf(path: string): string[] {
  try {
    return readFileSync(`${path}/cgroup.controllers`, 'utf8').split(/\s+/).filter(Boolean);
  } catch {
    return [];
  }
}

/** Whether this process may move itself into a group: it has to own what the two have in common. */
export function mayMoveTo(directory: string): boolean {
  const own = ownCgroup()?.split('/') ?? [];
  const other = directory.split('/');
  const end = own.findIndex((name, index) => name !== other[index]);
  return isWritable(other.slice(0, end < 0 ? own.length : end).join('/'));
}

/** A process moves between cgroups only where it may write cgroup.procs of both and of what they have in common. */
function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    accessSync(`${path}/cgroup.procs`, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where systemd manages the groups, only it makes new ones among its own; the root of the tree lends it its socket. */
function systemdScope(ctx: Context, mount: string): CgroupPlace | undefined {
  if (!existsSync('/run/systemd/system')) return undefined;
  if (ctx.uid === 0) {
    if (mount !== MOUNT || !existsSync(ROOT_SOCKET)) return undefined;
    const bus = `unix:path=${ROOT_SOCKET}`;
    return scopeIn('machine.slice', { bus, mount, manager: mount });
  }
  const bus = userBus(ctx);
  if (bus === undefined) return undefined;
  const manager = `${mount}/user.slice/user-${ctx.uid}.slice/user@${ctx.uid}.service`;
  return scopeIn('user.slice', { bus, mount, manager });
}

function scopeIn(slice: string, of: { bus: string; mount: string; manager: string }): CgroupPlace {
  const { bus, mount, manager } = of;
  return {
    ...{ kind: 'scope', bus, slice, mount },
    parent: `${manager}/${slice}`,
    controllers: controllersOf(manager),
  };
}

/** The address of the user's bus, where something listens. */
function userBus({ env }: Context): string | undefined {
  const address = env['DBUS_SESSION_BUS_ADDRESS'];
  if (address?.startsWith('unix:abstract=')) return address;
  const path = address?.match(/unix:path=([^,;]+)/)?.[1];
  if (path !== undefined && existsSync(path)) return address;
  const standard = env['XDG_RUNTIME_DIR'] ? `${env['XDG_RUNTIME_DIR']}/bus` : undefined;
  return standard !== undefined && existsSync(standard) ? `unix:path=${standard}` : undefined;
}
