import type { Context } from '../../lib/context';
import { readImageIndex } from '../../store/image-index';
import { storePaths } from '../../store/store-paths';
import type { Receiver } from './start-receiver';

/** The process that unpacks, started before it is known what there is to unpack. */
export interface EarlyReceiver {
  /** Gives it to who uses and ends it; undefined when there is none, or it has been given away. */
  take(): Receiver | undefined;
  /** Ends it if nobody has taken it, and resolves when it has ended: it leaves nothing. */
  end(): Promise<void>;
}

/**
 * Starts the process that unpacks while the registry is asked, when the store has no image of this name: its start takes as long
 * as that.
 */
export async function startEarly(ctx: Context, name: string): Promise<EarlyReceiver> {
  let receiver: Receiver | undefined;
  if (!readImageIndex(storePaths(ctx)).some((each) => each.name === name)) {
    // what is here needs none of this
    const { startReceiver } = await import('./start-receiver');
    receiver = startReceiver(ctx);
  }
  return {
    take() {
      const taken = receiver;
      receiver = undefined;
      return taken;
    },
    async end() {
      await receiver?.abort();
    },
  };
}
