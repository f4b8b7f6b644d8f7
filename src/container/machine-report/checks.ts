import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { cgroupPlace } from '../../runtime/cgroup-place';
import { enterTest } from '../../runtime/enter';
import { missingHelper } from '../../runtime/helper';
import { findProgram } from '../../sys/programs';
import { cure, ranges } from '../../sys/subids';
import { containerIds, loadRecord } from '../find';
import { storageDriver } from '../rootfs/storage-driver';
import { failure, ok, sysctl, type Check, type Finding } from './finding';
import { checkBus, checkLinger, checkRuntimeDirectory } from './login-checks';
import { checkAppArmor, checkLowPorts, checkSelinux } from './kernel-checks';
import { checkBandwidth, checkClientAddress, checkNetworks, checkSizeLimits } from './network-checks';

/** Looks at everything that containers need, by using it where that is possible; each line stands by itself. */
export function checkMachine(ctx: Context): Check[] {
  return CHECKS.map(({ name, test }) => {
    try {
      return { name, ...test(ctx) };
    } catch (error) {
      return { name, ...failure(error) };
    }
  });
}

const CHECKS: readonly { name: string; test: (ctx: Context) => Finding }[] = [
  { name: 'kernel', test: checkKernel },
  { name: 'node', test: () => ok(process.version) },
  { name: 'native helper', test: checkHelper },
  { name: 'subordinate ids', test: checkSubordinateIds },
  { name: 'user namespace', test: checkUserNamespace },
  { name: 'AppArmor', test: checkAppArmor },
  { name: 'SELinux', test: checkSelinux },
  { name: 'layers', test: checkStorage },
  { name: '/dev/fuse', test: () => checkDevice('/dev/fuse', 'fuse-overlayfs') },
  { name: '/dev/net/tun', test: () => checkDevice('/dev/net/tun', 'the network of containers') },
  { name: 'slirp4netns', test: (ctx) => checkProgram(ctx, 'slirp4netns', 'slirp4netns', 'pasta') },
  { name: 'pasta', test: (ctx) => checkProgram(ctx, 'pasta', 'passt', 'slirp4netns') },
  { name: 'networks', test: checkNetworks },
  { name: 'client addresses', test: checkClientAddress },
  { name: 'bandwidth', test: checkBandwidth },
  { name: 'ports below 1024', test: checkLowPorts },
  { name: 'cgroups', test: checkCgroups },
  { name: 'runtime directory', test: checkRuntimeDirectory },
  { name: 'session bus', test: checkBus },
  { name: 'linger', test: checkLinger },
  { name: 'size limits', test: checkSizeLimits },
  { name: 'disk space', test: checkDisk },
  { name: 'store', test: checkStore },
];

function checkKernel(): Finding {
  const release = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
  const [major = 0, minor = 0] = release.split('.').map(Number);
  if (major > 5 || (major === 5 && minor >= 13)) return ok(release);
  return {
    level: 'warn',
    detail: `${release}: users can mount overlay from 5.13 on`,
    cure: 'install fuse-overlayfs',
  };
}

function checkHelper(ctx: Context): Finding {
  try {
    accessSync(ctx.paths.helper, constants.X_OK);
  } catch (error) {
    throw missingHelper(ctx, error);
  }
  return ok(ctx.paths.helper);
}

function checkSubordinateIds(ctx: Context): Finding {
  if (ctx.uid === 0) return ok('not needed by root');
  const count = (file: string): number => ranges(file, ctx).reduce((sum, { size }) => sum + size, 0);
  const [uids, gids] = [count('/etc/subuid'), count('/etc/subgid')];
  const detail = `${uids} uids, ${gids} gids`;
  if (uids >= 65535 && gids >= 65535) return ok(detail);
  return {
    level: uids === 0 || gids === 0 ? 'fail' : 'warn',
    detail: `${detail}; images use 65536`,
    cure: cure(ctx),
  };
}

function checkUserNamespace(ctx: Context): Finding {
  if (ctx.uid === 0) return ok('not needed by root');
  const { status, message } = enterTest(ctx);
  if (status === 0) return ok('can be made, with all subordinate ids');
  const [detail = '', hint = ''] = message.split('\nhint: ');
  // the helper knows the cause, unless it says to ask here
  const isCure = hint !== '' && !/tspod doctor|must be set-uid root/.test(hint);
  return { level: 'fail', detail, cure: isCure ? hint : userNamespaceCure(ctx) };
}

/** The switches that forbid user namespaces, and the tools that give them ids. */
function userNamespaceCure(ctx: Context): string {
  if (sysctl('kernel/unprivileged_userns_clone') === '0')
    return 'sudo sysctl kernel.unprivileged_userns_clone=1';
  if (sysctl('user/max_user_namespaces') === '0') return 'sudo sysctl user.max_user_namespaces=15000';
  if (sysctl('kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return 'install the AppArmor profile native/apparmor/tspod in /etc/apparmor.d, and reload it';
  }
  if (findProgram(ctx, 'newuidmap') === undefined)
    return 'sudo apt install uidmap (or dnf install shadow-utils)';
  return cure(ctx);
}

function checkStorage(ctx: Context): Finding {
  const { name, hasDataLayers } = storageDriver(ctx);
  if (name === 'overlay') {
    return ok(hasDataLayers ? 'native overlay; other id maps without copies' : 'native overlay');
  }
  return {
    level: 'warn',
    detail: 'fuse-overlayfs, which is slower',
    cure: 'use a kernel from 5.13 on, and a file system such as ext4, xfs or btrfs',
  };
}

function checkDevice(path: string, use: string): Finding {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return ok('can be used');
  } catch {
    const exists = existsSync(path);
    return {
      level: 'warn',
      detail: `${exists ? 'cannot be opened' : 'is missing'}: ${use} needs it`,
      cure: exists ? `sudo chmod 666 ${path}` : `sudo modprobe ${path === '/dev/fuse' ? 'fuse' : 'tun'}`,
    };
  }
}

function checkProgram(ctx: Context, name: string, packageName: string, other: string): Finding {
  const path = findProgram(ctx, name);
  if (path !== undefined) return ok(path);
  const isNeeded = findProgram(ctx, other) === undefined;
  return {
    level: isNeeded ? 'fail' : 'warn',
    detail: 'not installed',
    cure: `sudo apt install ${packageName}`,
  };
}

function checkCgroups(ctx: Context): Finding {
  const place = cgroupPlace(ctx);
  if (place.kind === 'none') {
    return {
      level: 'warn',
      detail: `${place.reason}: no limits, no pause`,
      cure: 'log in through systemd, or start tspod with systemd-run --user --scope -p Delegate=yes',
    };
  }
  const wanted = ['cpu', 'io', 'memory', 'pids'];
  const missing = wanted.filter((controller) => !place.controllers.includes(controller));
  if (missing.length === 0) return ok(place.controllers.join(' '));
  return {
    level: 'warn',
    detail: `not delegated: ${missing.join(' ')}`,
    cure: 'as root, write "[Service]" and "Delegate=cpu cpuset io memory pids" to /etc/systemd/system/user@.service.d/delegate.conf, then log in again',
  };
}

function checkDisk(ctx: Context): Finding {
  const path = existsSync(ctx.paths.root) ? ctx.paths.root : ctx.home;
  const { bavail, bsize, ffree } = statfsSync(path);
  const free = (bavail * bsize) / 2 ** 30;
  const detail = `${free.toFixed(1)} GiB free on ${path}`;
  if (free >= 1 && (ffree > 10000 || ffree === 0)) return ok(detail);
  return { level: 'warn', detail, cure: 'remove what is not needed: tspod container prune, tspod rmi' };
}

function checkStore(ctx: Context): Finding {
  const { root } = ctx.paths;
  if (!existsSync(root)) return ok(`${root} (not made yet)`);
  if (statSync(root).uid !== process.getuid?.()) {
    return {
      level: 'fail',
      detail: `${root} belongs to another user`,
      cure: `sudo chown -R ${ctx.user} ${root}`,
    };
  }
  const ids = containerIds(ctx);
  const broken = ids.filter((id) => !isWhole(ctx, id));
  if (broken.length === 0) return ok(`${root}, ${ids.length} containers`);
  return {
    level: 'warn',
    detail: `${broken.length} broken records`,
    cure: `tspod rm --force ${broken.join(' ')}`,
  };
}

function isWhole(ctx: Context, id: string): boolean {
  try {
    loadRecord(ctx, id);
    return true;
  } catch {
    return false;
  }
}
