import { existsSync, readFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { UserMount } from '../../volume/types';
import type { SecurityOptions } from '../record';

/** The AppArmor profile of a program; without AppArmor the option does nothing, which is said at debug level. */
export function apparmorProfile(ctx: Context, { apparmor }: SecurityOptions): string | undefined {
  if (apparmor === undefined) return undefined;
  if (!hasAppArmor()) {
    ctx.log(
      'debug',
      `--security-opt apparmor=${apparmor} does nothing: AppArmor is not enabled on this machine`,
    );
    return undefined;
  }
  return apparmor;
}

/** Says that labels do nothing where SELinux is off, and refuses those other than `disable` where it is on. */
export function checkLabels(ctx: Context, { labels }: SecurityOptions): void {
  if (labels.length === 0) return;
  if (!hasSelinux()) {
    ctx.log(
      'debug',
      `--security-opt label=${labels.join(',')} does nothing: SELinux is not enabled on this machine`,
    );
    return;
  }
  const other = labels.find((label) => label !== 'disable');
  if (other === undefined) return;
  throw new TspodError(
    'unsupported',
    `--security-opt label=${other} is not supported: programs keep your own label`,
    {
      hint: 'use --security-opt label=disable',
    },
  );
}

/** Says that `z` and `Z` do nothing where SELinux is off, and refuses them where it is on. */
export function checkRelabels(ctx: Context, mounts: readonly UserMount[]): void {
  const mount = mounts.find((each) => each.kind === 'bind' && each.relabel !== undefined);
  if (mount === undefined) return;
  if (!hasSelinux()) {
    ctx.log(
      'debug',
      `${mount.target}: the options z and Z do nothing: SELinux is not enabled on this machine`,
    );
    return;
  }
  throw new TspodError(
    'unsupported',
    `${mount.target}: relabelling for SELinux (z, Z) is not supported yet`,
    {
      hint: 'label the directory yourself: chcon -R -t container_file_t DIRECTORY',
    },
  );
}

function hasSelinux(): boolean {
  return existsSync('/sys/fs/selinux/enforce');
}

function hasAppArmor(): boolean {
  try {
    return readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8').startsWith('Y');
  } catch {
    return false;
  }
}
