import { accessSync, closeSync, constants, ftruncateSync, openSync, rmSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import type { SharedMount } from '../runtime/shared-mount';
import { findProgram } from '../sys/programs';

/** Smaller ones have no room for a file system, bytes. */
const SMALLEST = 1 << 20;

/** The file of a size limit, in the directory of what is limited. */
export const IMAGE_FILE = 'disk.img';

/**
 * Makes a sparse file in `directory` with a file system of `size` bytes, which belongs to the container's root. Error
 * `machine` with the cure: this machine cannot mount it. Error `usage`: it is too small.
 */
export function makeSizeImage(ctx: Context, directory: string, size: number): void {
  if (size < SMALLEST)
    throw new TspodError('usage', `the size ${size} is too small: a file system needs 1m at least`);
  const program = need(ctx, 'mkfs.ext4', 'e2fsprogs');
  programs(ctx);
  const path = `${directory}/${IMAGE_FILE}`;
  const fd = openSync(path, 'wx', 0o600);
  try {
    ftruncateSync(fd, size);
  } finally {
    closeSync(fd);
  }
  // no journal: the program that mounts it writes none
  const features = ['-O', '^has_journal', '-E', 'root_owner=0:0,lazy_itable_init=1', '-m', '0'];
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { status, stderr, error } = spawnSync(program, ['-q', '-F', ...features, path], { encoding: 'utf8' });
  if (status === 0) return;
  rmSync(path, { force: true });
  throw new TspodError(
    'machine',
    `making a file system of ${size} bytes: ${error?.message ?? stderr.trim()}`,
  );
}

/** The mount of that file. Error `machine`: a program is missing. */
export function imageMount(ctx: Context, where: Pick<SharedMount, 'target' | 'place'>): SharedMount {
  const { check, mount } = programs(ctx);
  const image = `${where.place}/${IMAGE_FILE}`;
  // the kernel looks at permissions, with all groups of who asks
  const argv = [mount, image, where.target, '-f', '-o', 'fakeroot,allow_other,default_permissions'];
  return { ...where, what: { type: 'fuse', check, image, argv } };
}

function programs(ctx: Context): { check: string; mount: string } {
  const mount = need(ctx, 'fuse2fs', 'fuse2fs');
  const check = need(ctx, 'e2fsck', 'e2fsprogs');
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
  } catch {
    throw new TspodError('machine', 'a size limit needs /dev/fuse, which cannot be opened', {
      hint: 'sudo modprobe fuse && sudo chmod 666 /dev/fuse',
    });
  }
  return { check, mount };
}

function need(ctx: Context, name: string, packageName: string): string {
  const path = findProgram(ctx, name);
  if (path !== undefined) return path;
  throw new TspodError('machine', `a size limit needs ${name}, which is not installed`, {
    hint:
      `install it: sudo apt install ${packageName}; or keep the files in memory: -o type=tmpfs -o o=size=SIZE` +
      (ctx.uid === 0 ? `; or mount the file system of ${ctx.paths.root} with prjquota (xfs, ext4)` : ''),
  });
}
