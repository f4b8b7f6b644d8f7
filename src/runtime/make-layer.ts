import type { Context } from '../lib/context';
import { ASK_SOCKET, startAskingHelper } from './asking-helper';
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

/** A helper that makes one layer, and may be told to remove it again. */
export interface LayerMaker {
  /** Lets it begin. */
  begin(upper: LayerDirectory, place: LayerTarget): void;
  /** Waits for the layer; throws what the helper complained about. */
  made(): MadeLayer;
  /** Lets the helper remove directory and archive, in its own time. */
  drop(): void;
  /** Waits for the helper's end. Has to be called, whatever happens. */
  end(): void;
}

const action = 'making a layer';

/** Copies an upper directory to the new directory `target` as a layer of the store, and writes the archive of the copy. */
export function makeLayer(ctx: Context, upper: LayerDirectory, place: LayerTarget): MadeLayer {
  return madeLayer(runTreePlan(ctx, addLayer(treePlan(ctx), upper, place), action));
}

/**
 * The same with a helper that is started now. At first it tries to do without other ids than the user's own, which cost more than a
 * small layer: enough where the root of a container has changed little.
 */
export function startLayerMaker(ctx: Context): LayerMaker {
  let helper = startAskingHelper(ctx);
  let again: (() => void) | undefined;
  return {
    begin(upper, place) {
      const complete = (plan: Plan): Plan => addQuestion(addLayer(plan, upper, place), place);
      const hasOwnMaps = upper.shared !== undefined || upper.maps !== undefined;
      if (hasOwnMaps || ctx.uid === 0 || ctx.hasIds) return helper.carryOut(complete(treePlan(ctx)));
      helper.carryOut(complete(ownTreePlan(ctx).add('TREE_ONLY_OWN', upper.path)));
      again = () => {
        helper = startAskingHelper(ctx);
        helper.carryOut(complete(treePlan(ctx)));
      };
    },
    made() {
      if (!helper.hasAsked() && helper.end().status === PLAN.TREE_OTHERS) again?.();
      if (helper.hasAsked()) return madeLayer(helper.output());
      throw helperError(action, helper.end());
    },
    drop: () => helper.goOn(),
    end: () => void helper.end(),
  };
}

function addLayer(plan: Plan, upper: LayerDirectory, { target, archive }: LayerTarget): Plan {
  addDirectories(plan, [upper]).add('TREE_LAYER', upper.path, target);
  return plan.add('TREE_TAR', archive, PLAN.TREE_WHITEOUTS, target);
}

/** Whether the layer is to go again. */
function addQuestion(plan: Plan, { target, archive }: LayerTarget): Plan {
  return plan.add('TREE_ASK', ASK_SOCKET).add('TREE_REMOVE', target).add('TREE_REMOVE', archive);
}

function madeLayer({ stdout, stderr }: { stdout: Buffer; stderr: Buffer | string }): MadeLayer {
  return { size: Number(stdout), leftOut: stderr.toString().split('\n').filter(Boolean) };
}
