import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import type { Context } from '../lib/context';

/** Where a container's cgroup can be made. */
export type CgroupPlace =
  /** Below this directory, which is the user's to write; `controllers` are those that it may hand on. */
  | { kind: 'directory'; parent: string; controllers: string[] }
  /** A transient scope of the user's systemd, asked for over this bus. */
  | { kind: 'scope'; bus: string; controllers: string[] }
  | { kind: 'none'; reason: string };

const MOUNT = '/sys/fs/cgroup';

/** Finds the place: root's own tree, the user's systemd, or the caller's cgroup where that was delegated. */
export function cgroupPlace(ctx: Context): CgroupPlace {
  const mount = [MOUNT, `${MOUNT}/unified`].find((path) => existsSync(`${path}/cgroup.controllers`));
  if (mount === undefined)
    return { kind: 'none', reason: 'cgroup version 2 is not mounted on /sys/fs/cgroup' };
  if (ctx.uid === 0) return directory(mount, `${mount}/tspod`, mount);
  const bus = userBus(ctx);
  if (bus !== undefined) {
    const manager = `${mount}/user.slice/user-${ctx.uid}.slice/user@${ctx.uid}.service`;
    return { kind: 'scope', bus, controllers: controllersOf(manager) };
  }
  const own = ownCgroup(mount);
  if (own !== undefined && isWritable(own)) return directory(own, own, own);
  return {
    kind: 'none',
    reason: 'there is no systemd user session, and the current cgroup is not delegated to you',
  };
}

/** The caller's own cgroup directory, or undefined when version 2 does not tell. */
export function ownCgroup(mount = MOUNT): string | undefined {
  const line = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .find((text) => text.startsWith('0::'));
  return line === undefined ? undefined : `${mount}${line.slice(3)}`.replace(/\/$/, '');
}

function directory(controllersFrom: string, parent: string, mustWrite: string): CgroupPlace {
  if (!isWritable(mustWrite)) return { kind: 'none', reason: `${mustWrite} is not writable` };
  return { kind: 'directory', parent, controllers: controllersOf(controllersFrom) };
}

function controllersOf(path: string): string[] {
  try {
    return readFileSync(`${path}/cgroup.controllers`, 'utf8').split(/\s+/).filter(Boolean);
  } catch {
    return [];
  }
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

function userBus(ctx: Context): string | undefined {
  const address = ctx.env['DBUS_SESSION_BUS_ADDRESS'];
  const fromAddress = address?.match(/unix:path=([^,;]+)/)?.[1];
  const path = fromAddress ?? (ctx.env['XDG_RUNTIME_DIR'] ? `${ctx.env['XDG_RUNTIME_DIR']}/bus` : undefined);
  // the bus is only of use where systemd manages the user's units
  if (path === undefined || !existsSync(path) || !existsSync('/run/systemd/system')) return undefined;
  return path;
}
