import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { idOfName } from './find';
import { removeContainers } from './remove';

/** How often the name is cleared for a container that another command's takes it from. */
const TRIES = 10;

/**
 * Makes a container in the place of the one that has its name (`--replace`): that one is stopped and removed first; nothing
 * happens when none has it. Where several commands do so at once, each replaces what the one before has made.
 */
export async function makeInPlace<T>(ctx: Context, name: string, make: () => T): Promise<T> {
  for (let tries = 1; ; tries++) {
    await replaceContainer(ctx, name);
    try {
      return make();
    } catch (error) {
      // by whom does not matter: that one may be gone again
      const isTaken = error instanceof TspodError && error.code === 'exists';
      if (!isTaken || tries === TRIES) throw error;
    }
  }
}

async function replaceContainer(ctx: Context, name: string): Promise<void> {
  const id = idOfName(ctx, name);
  if (id === undefined) return;
  const { failures } = await removeContainers(ctx, [id], { force: true });
  if (failures.length > 0) throw failures[0];
}
