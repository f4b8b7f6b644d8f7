import { closeSync, readSync, writeSync } from 'node:fs';
import type { Context } from '../lib/context';
import { socketPair } from '../sys/socket-pair';
import { beginHelper } from './helper';
import type { HelperResult, RunningHelper } from './helper';
import { helperError } from './helper-error';
import { addDirectories } from './layer-tree';
import type { LayerDirectory } from './layer-tree';
import type { Plan } from './plan';
import { PLAN } from './protocol';
import { ownTreePlan, runTreePlan, treePlan } from './tree';

/** A layer that was made of an upper directory. */
export interface MadeLayer {
  /** The sum of the sizes of its files in bytes. */
  size: number;
  /** What could not be in a layer. */
  leftOut: string[];
}

/** Where a layer is made: its new directory, and the archive of that. */
export interface LayerTarget {
  target: string;
  archive: string;
}

/** A helper that makes a layer, and may be told to remove it again. */
export interface LayerMaker {
  /** Waits for the layer; throws what the helper complained about. */
  made(): MadeLayer;
  /** Lets the helper remove directory and archive, in its own time. */
  drop(): void;
  /** Waits for the helper's end. Has to be called, whatever happens; it may be more than once. */
  end(): void;
}

const action = 'making a layer';
/** The helper's descriptor after those for input, output, errors and the plan. */
const SOCKET = 4;

/** Copies an upper directory to the new directory `target` as a layer of the store, and writes the archive of the copy. */
export function makeLayer(ctx: Context, upper: LayerDirectory, place: LayerTarget): MadeLayer {
  return madeLayer(runTreePlan(ctx, addLayer(treePlan(ctx), upper, place), action));
}

/**
 * Begins with it. At first it is tried without other ids than the user's own, which cost more than a small layer: enough where the
 * root of a container has changed little.
 */
export function beginLayer(ctx: Context, upper: LayerDirectory, place: LayerTarget): LayerMaker {
  const withAllIds = (): LayerMaker => startMaker(ctx, addLayer(treePlan(ctx), upper, place), place);
  const hasOwnMaps = upper.shared !== undefined || upper.maps !== undefined;
  if (hasOwnMaps || ctx.uid === 0 || ctx.hasIds) return withAllIds();
  const plan = ownTreePlan(ctx).add('TREE_ONLY_OWN', upper.path);
  const first = startMaker(ctx, addLayer(plan, upper, place), place);
  let maker: LayerMaker = first;
  return {
    made() {
      if (!first.isRefused()) return first.made();
      maker = withAllIds();
      return maker.made();
    },
    drop: () => maker.drop(),
    end: () => maker.end(),
  };
}

function addLayer(plan: Plan, upper: LayerDirectory, { target, archive }: LayerTarget): Plan {
  addDirectories(plan, [upper]).add('TREE_LAYER', upper.path, target);
  return plan.add('TREE_TAR', archive, PLAN.TREE_WHITEOUTS, target);
}

/** A maker whose helper may also have ended because others' files are in the upper directory. */
interface FirstMaker extends LayerMaker {
  isRefused(): boolean;
}

function startMaker(ctx: Context, plan: Plan, { target, archive }: LayerTarget): FirstMaker {
  plan.add('TREE_ASK', SOCKET).add('TREE_REMOVE', target).add('TREE_REMOVE', archive);
  const { helper, socket } = startAsking(ctx, plan);
  let result: HelperResult | undefined;
  const end = (): HelperResult => {
    if (result === undefined) closeSync(socket);
    return (result ??= helper.end());
  };
  let hasAsked: boolean | undefined;
  const isMade = (): boolean => (hasAsked ??= readSync(socket, Buffer.alloc(1)) === 1);
  return {
    isRefused: () => !isMade() && end().status === PLAN.TREE_OTHERS,
    made() {
      if (isMade()) return madeLayer(helper.output());
      throw helperError(action, end());
    },
    drop: () => void writeSync(socket, 'x'),
    end: () => void end(),
  };
}

/** A helper, and this process's end of the socket on which it asks whether to go on. */
function startAsking(ctx: Context, plan: Plan): { helper: RunningHelper; socket: number } {
  const [socket, others] = socketPair();
  try {
    return { helper: beginHelper(ctx, 'tree', plan, { capture: true, pass: [others] }), socket };
  } catch (error) {
    closeSync(socket);
    throw error;
  } finally {
    closeSync(others);
  }
}

function madeLayer({ stdout, stderr }: { stdout: Buffer; stderr: Buffer | string }): MadeLayer {
  return { size: Number(stdout), leftOut: stderr.toString().split('\n').filter(Boolean) };
}
