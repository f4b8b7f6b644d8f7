import type { Context } from '../../lib/context';
import type { FileMaker } from '../../store/layer/file-maker';
import { openStore } from '../../store/open-store';
import { openStaging } from '../../store/staging';
import type { Staging } from '../../store/staging';
import type { StorePaths } from '../../store/store-paths';
import { lockContentShared } from '../remove/collect-garbage';
import { openFileMaker } from './open-file-maker';

/** What content is added with: until it is closed nothing of the store is collected. */
export interface Adding {
  store: StorePaths;
  staging: Staging;
  files: FileMaker;
  /** Told of what is left out of layers. */
  warn: (message: string) => void;
  /** Removes what has not got into the store. */
  close(): void;
}

/** Makes ready to add content to the store, which is made when it is missing. Needs all ids of the user. */
export function beginAdding(ctx: Context): Adding {
  const store = openStore(ctx);
  const lock = lockContentShared(store);
  const staging = openStaging(store);
  const files = openFileMaker(ctx);
  return {
    ...{ store, staging, files },
    warn: (message) => ctx.log('debug', message),
    close() {
      files.close();
      staging.remove();
      lock.release();
    },
  };
}
