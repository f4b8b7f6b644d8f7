import { mkdirSync, readFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { probe } from '../../runtime/probe';
import { writeFileAtomic } from '../../sys/file-io';
import { findProgram } from '../../sys/programs';

/** How layers are put on top of each other on this machine. */
export interface StorageDriver {
  name: 'overlay' | 'fuse-overlayfs';
  /** Whether lower layers may hold data only: then other id maps need no copy and no fuse-overlayfs. */
  hasDataLayers: boolean;
}

/**
 * The driver for this store: found out by mounting once per kernel and kept beside the store. Throws 'machine' when
 * neither native overlay nor fuse-overlayfs works; says so when it has to be fuse-overlayfs.
 */
export function storageDriver(ctx: Context): StorageDriver {
  const kernel = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
  const file = `${ctx.paths.root}/storage-driver`;
  const known = readDriver(file, kernel);
  if (known) return known;
  mkdirSync(ctx.paths.root, { recursive: true, mode: 0o700 });
  const driver = findDriver(ctx);
  const line = `${kernel} ${driver.name} ${driver.hasDataLayers ? 1 : 0}\n`;
  writeFileAtomic(file, line, { temporary: `${file}.${process.pid}` });
  return driver;
}

/** The path of fuse-overlayfs; throws 'machine' with the cure where it is not installed. */
export function fuseOverlayfs(ctx: Context, reason: string): string {
  const path = findProgram(ctx, 'fuse-overlayfs');
  if (path !== undefined) return path;
  throw new TspodError('machine', `${reason}, and fuse-overlayfs is not installed`, {
    hint: 'install it: sudo apt install fuse-overlayfs (or dnf install fuse-overlayfs)',
  });
}

function readDriver(file: string, kernel: string): StorageDriver | undefined {
  try {
    const [release, name, data] = readFileSync(file, 'utf8').trim().split(' ');
    if (release !== kernel || (name !== 'overlay' && name !== 'fuse-overlayfs')) return undefined;
    return { name, hasDataLayers: data === '1' };
  } catch {
    return undefined;
  }
}

function findDriver(ctx: Context): StorageDriver {
  const native = probe(ctx, 'overlay', ctx.paths.root);
  if (native['overlay'] === 'ok') {
    const hasDataLayers = probe(ctx, 'overlay-data', ctx.paths.root)['overlay-data'] === 'ok';
    return { name: 'overlay', hasDataLayers };
  }
  const reason = `this kernel mounts no overlay for users on ${ctx.paths.root} (${native['overlay'] ?? 'no answer'})`;
  fuseOverlayfs(ctx, reason);
  ctx.log('warn', `${reason}: using fuse-overlayfs, which is slower`);
  return { name: 'fuse-overlayfs', hasDataLayers: false };
}
