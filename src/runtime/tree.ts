import type { Context } from '../lib/context';
import type { IdMapping } from '../lib/id-mapping';
import { runHelper } from './helper';
import { helperError } from './helper-error';
import { Plan } from './plan';
import { addCommonUserns, addOwnUserns } from './userns';

/** Work on files with all ids of the user; `lock` holds to the end of the list. */
export type TreeOp =
  | { op: 'lock'; path: string }
  | { op: 'rename'; from: string; to: string }
  | { op: 'remove'; path: string }
  | { op: 'chown'; path: string; uid: number; gid: number };

/** What a tree takes up. */
export interface TreeSize {
  /** Bytes of disk space. */
  allocated: number;
  /** Sum of the sizes of its files in bytes. */
  apparent: number;
  entries: number;
}

/** Carries out the operations in order, in one run of the helper; throws what it printed at the first that fails. */
export function runTree(ctx: Context, ops: readonly TreeOp[]): void {
  if (ops.length > 0) runTreePlan(ctx, addOps(treePlan(ctx), ops));
}

/** Removes trees, whoever owns what is in them; one that is missing is no error. */
export function removeTrees(ctx: Context, paths: readonly string[]): void {
  runTree(
    ctx,
    paths.map((path) => ({ op: 'remove', path })),
  );
}

/** The sizes of trees, in the order of `paths`. */
export function treeSizes(ctx: Context, paths: readonly string[]): TreeSize[] {
  if (paths.length === 0) return [];
  const plan = treePlan(ctx);
  for (const path of paths) plan.add('TREE_SIZE', path);
  const lines = runTreePlan(ctx, plan).stdout.toString().trim().split('\n');
  return lines.map((line) => {
    const [allocated = 0, apparent = 0, entries = 0] = line.split(' ').map(Number);
    return { allocated, apparent, entries };
  });
}

/**
 * Makes `target` a metadata-only copy of what the layer directories `layers` (from top to bottom) show together, whose owners
 * are those of a child user namespace with these maps (relative to the common one). It is made in the directory `staging`,
 * which goes afterwards.
 */
export function metaLayer(
  ctx: Context,
  maps: { uids: readonly IdMapping[]; gids: readonly IdMapping[] },
  { layers, staging, target }: { layers: readonly string[]; staging: string; target: string },
): void {
  const lines = [
    ...maps.uids.map((map) => `u ${map.container} ${map.host} ${map.size}`),
    ...maps.gids.map((map) => `g ${map.container} ${map.host} ${map.size}`),
  ];
  const made = `${staging}/meta`;
  const plan = treePlan(ctx).add('TREE_META', made, `${staging}/merged`, ...layers, ...lines);
  // its owner is another id: only with all ids a directory of others can be moved
  runTreePlan(ctx, plan.add('TREE_RENAME', made, target).add('TREE_REMOVE', staging));
}

/** An empty plan for the files of the store. */
export function treePlan(ctx: Context): Plan {
  const plan = new Plan();
  addCommonUserns(plan, ctx);
  return plan;
}

/** The same for files of the user's own, made by this program or by the root of a container. */
export function ownTreePlan(ctx: Context): Plan {
  const plan = new Plan();
  addOwnUserns(plan, ctx);
  return plan;
}

function addOps(plan: Plan, ops: readonly TreeOp[]): Plan {
  for (const op of ops) {
    if (op.op === 'lock') plan.add('TREE_LOCK', op.path);
    else if (op.op === 'rename') plan.add('TREE_RENAME', op.from, op.to);
    else if (op.op === 'remove') plan.add('TREE_REMOVE', op.path);
    else plan.add('CHOWN_TREE', op.path, op.uid, op.gid);
  }
  return plan;
}

/** What the helper printed. */
export interface TreeOutput {
  stdout: Buffer;
  stderr: string;
}

/** Carries a plan out and returns what the helper printed, on standard error too; throws it when that failed. */
export function runTreePlan(
  ctx: Context,
  plan: Plan,
  action = 'working on the files of the store',
): TreeOutput {
  const result = runHelper(ctx, 'tree', plan, { capture: true });
  if (result.status === 0) return result;
  throw helperError(action, result);
}
