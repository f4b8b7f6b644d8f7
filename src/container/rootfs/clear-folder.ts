import { rmSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { removeTrees } from '../../runtime/tree';

/** Removes a folder of a container's directory; what other users of the container have made there takes the helper. */
export function clearFolder(ctx: Context, folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    removeTrees(ctx, [folder]);
  }
}
