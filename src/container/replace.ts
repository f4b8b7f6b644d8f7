import type { Context } from '../lib/context';
import { idOfName } from './find';
import { removeContainers } from './remove';

/** Stops and removes the container that has a name; nothing happens when none has it (`--replace`). */
export async function replaceContainer(ctx: Context, name: string): Promise<void> {
  const id = idOfName(ctx, name);
  if (id === undefined) return;
  const { failures } = await removeContainers(ctx, [id], { force: true });
  if (failures.length > 0) throw failures[0];
}
