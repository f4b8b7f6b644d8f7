import { existsSync, rmSync } from 'node:fs';
import type { Context } from '../lib/context';
import type { IdMapping } from '../lib/id-mapping';
import { becomeHelper } from './helper';
import type { Plan } from './plan';
import { PLAN } from './protocol';
import { addSharedMount, type SharedMount } from './shared-mount';
import { runTreePlan, treePlan } from './tree';

const CLONE_NEWNS = 0x20000;

/** A directory of a layer, and how its files are to be read. */
export interface LayerDirectory {
  /** Absolute. */
  path: string;
  /** Whether `.wh.NAME` hides NAME, as fuse-overlayfs has it. */
  dotWhiteouts?: boolean;
  /** What has to be mounted for it first, and directories that are made in that where they are missing. */
  shared?: { mount: SharedMount; directories?: readonly string[] };
  /** The maps of the user namespace that wrote it: owners are shown as they are in there. Absent: as they are. */
  maps?: { uids: readonly IdMapping[]; gids: readonly IdMapping[] };
}

/** One path that was added, changed or deleted. The path is bytes, absolute. */
export interface TreeChange {
  kind: 'A' | 'C' | 'D';
  path: Buffer;
}

/** What the first of these directories changes in those below it, in Podman's order. */
export function layerChanges(ctx: Context, directories: readonly LayerDirectory[]): TreeChange[] {
  const plan = addDirectories(treePlan(ctx), directories).add('TREE_CHANGES', ...pathsOf(directories));
  return readChanges(runTreePlan(ctx, plan, 'comparing layers').stdout);
}

/** What makes one stack of directories (from top to bottom) look like another one, sorted. */
export function compareLayers(
  ctx: Context,
  from: readonly LayerDirectory[],
  to: readonly LayerDirectory[],
): TreeChange[] {
  const plan = addDirectories(treePlan(ctx), [...from, ...to]);
  plan.add('TREE_COMPARE', from.length, ...pathsOf(from), ...pathsOf(to));
  return readChanges(runTreePlan(ctx, plan, 'comparing layers').stdout);
}

/**
 * Writes the merged tree of directories (from top to bottom) to a file; a new one goes again when that fails. With `isImage`
 * what cannot be in a layer is left out; returns what that was.
 */
export function writeTree(
  ctx: Context,
  directories: readonly LayerDirectory[],
  archive: string,
  { isImage = false } = {},
): string[] {
  const plan = archivePlan(ctx, directories, { archive, flags: isImage ? PLAN.TREE_IMAGE : 0 });
  const isNew = !existsSync(archive);
  try {
    return runTreePlan(ctx, plan, 'making an archive').stderr.split('\n').filter(Boolean);
  } catch (error) {
    if (isNew) rmSync(archive, { force: true });
    throw error;
  }
}

/** Writes layers (from top to bottom) to a file as one layer, with what they remove from those below them. */
export function writeLayers(ctx: Context, directories: readonly LayerDirectory[], archive: string): void {
  const plan = archivePlan(ctx, directories, { archive, flags: PLAN.TREE_WHITEOUTS });
  runTreePlan(ctx, plan, 'making an archive');
}

/** The same to standard output; this process becomes the writer and never returns. */
export function streamTree(ctx: Context, directories: readonly LayerDirectory[]): never {
  return becomeHelper(ctx, 'tree', archivePlan(ctx, directories, { archive: '-', flags: 0 }));
}

function archivePlan(
  ctx: Context,
  directories: readonly LayerDirectory[],
  { archive, flags }: { archive: string; flags: number },
): Plan {
  return addDirectories(treePlan(ctx), directories).add('TREE_TAR', archive, flags, ...pathsOf(directories));
}

function pathsOf(directories: readonly LayerDirectory[]): string[] {
  return directories.map(({ path }) => path);
}

/** Tells a plan what it has to know of directories before it works on them. */
export function addDirectories(plan: Plan, directories: readonly LayerDirectory[]): Plan {
  addShared(plan, directories);
  for (const { path, dotWhiteouts, maps } of directories) {
    if (dotWhiteouts !== true && maps === undefined) continue;
    const lines = [
      ...(maps?.uids ?? []).map((map) => `u ${map.host} ${map.container} ${map.size}`),
      ...(maps?.gids ?? []).map((map) => `g ${map.host} ${map.container} ${map.size}`),
    ];
    plan.add('TREE_DIRECTORY', path, dotWhiteouts === true ? PLAN.TREE_DOT_WHITEOUTS : 0, ...lines);
  }
  return plan;
}

/** In a mount namespace of the helper's own: nobody else sees it. */
function addShared(plan: Plan, directories: readonly LayerDirectory[]): void {
  const mounts = new Map(
    directories.flatMap(({ shared }) => (shared ? [[shared.mount.target, shared]] : [])),
  );
  if (mounts.size > 0) plan.add('NS_NEW', CLONE_NEWNS);
  for (const { mount, directories: made = [] } of mounts.values()) {
    addSharedMount(plan, mount);
    if (made.length > 0) plan.add('ROOTFS_DIRECTORIES', 0o755, ...made);
  }
}

function readChanges(output: Buffer): TreeChange[] {
  const changes: TreeChange[] = [];
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(0, at);
    const kind = String.fromCharCode(output[at] ?? 0) as TreeChange['kind'];
    changes.push({ kind, path: output.subarray(at + 1, end) });
    at = end + 1;
  }
  return changes;
}
