import { existsSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { ok, type Finding } from './finding';

/** Where sockets and network state are kept. */
export function checkRuntimeDirectory(ctx: Context): Finding {
  if (ctx.uid === 0 || ctx.env['XDG_RUNTIME_DIR']) return ok(ctx.paths.runRoot);
  return {
    level: 'warn',
    detail: `XDG_RUNTIME_DIR is not set: using ${ctx.paths.runRoot}`,
    cure: 'log in through systemd, or export XDG_RUNTIME_DIR=/run/user/$(id -u)',
  };
}

/** The bus over which systemd is asked for control groups. */
export function checkBus(ctx: Context): Finding {
  if (ctx.uid === 0 || !existsSync('/run/systemd/system')) return ok('not needed here');
  const socket = `/run/user/${ctx.uid}/bus`;
  const address = ctx.env['DBUS_SESSION_BUS_ADDRESS'];
  if (address !== undefined && address !== '') return ok(address);
  if (existsSync(socket)) return ok(socket);
  return {
    level: 'warn',
    detail: 'there is none: no control groups from systemd',
    cure: 'sudo apt install dbus-user-session, then log in again by ssh, machinectl or at a terminal (not su)',
  };
}

/** Whether systemd lets processes outlive the login. */
export function checkLinger(ctx: Context): Finding {
  if (ctx.uid === 0 || !existsSync('/run/systemd/system')) return ok('not needed here');
  if (existsSync(`/var/lib/systemd/linger/${ctx.user}`)) return ok('on: containers outlive the login');
  return { level: 'warn', detail: 'off: systemd ends containers at logout', cure: 'loginctl enable-linger' };
}
