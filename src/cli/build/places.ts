import type { Context } from '../../lib/context';
import { isErrno } from '../../lib/errors';
import { removeTrees } from '../../runtime/tree';
import { openStore } from '../../store/open-store';
import { openStaging } from '../../store/staging';
import type { Staging } from '../../store/staging';

/** Directories for what is fetched for one build. */
export interface Places {
  /** A new one. Needs all ids. */
  open(): Staging;
  /** All of them go. */
  remove(): void;
}

/** None is made before it is asked for. */
export function openPlaces(ctx: Context): Places {
  const places: Staging[] = [];
  return {
    open() {
      const staging = openStaging(openStore(ctx));
      places.push(staging);
      return staging;
    },
    remove() {
      for (const staging of places.splice(0)) removeOne(ctx, staging);
    },
  };
}

function removeOne(ctx: Context, staging: Staging): void {
  try {
    staging.remove();
  } catch (error) {
    // a directory that its owner may not write
    if (!isErrno(error, 'EACCES', 'EPERM', 'ENOTEMPTY')) throw error;
    removeTrees(ctx, [staging.path]);
  }
}
