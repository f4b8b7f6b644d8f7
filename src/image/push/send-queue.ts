import { makeSlots } from '../../lib/slots';

/** Work that is started as it comes. */
export interface SendQueue {
  add(work: () => Promise<void>): void;
  /** Throws what has failed until now. */
  check(): void;
  /** Resolves when nothing runs any more. */
  settled(): Promise<void>;
  /** Resolves when all is done; fails with the first failure. */
  done(): Promise<void>;
}

/** Runs a few pieces of work at a time; after a failure no further one is started. */
export function createSendQueue(limit: number): SendQueue {
  const slots = makeSlots(limit);
  const pending = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  const run = async (work: () => Promise<void>): Promise<void> => {
    try {
      if (failure === undefined) await work();
    } catch (error) {
      failure ??= { error };
    }
  };
  const check = (): void => {
    if (failure !== undefined) throw failure.error;
  };
  const settled = async (): Promise<void> => {
    while (pending.size > 0) await Promise.all(pending);
  };
  return {
    add(work) {
      const each = slots.run(() => run(work)).finally(() => pending.delete(each));
      pending.add(each);
    },
    check,
    settled,
    async done() {
      await settled();
      check();
    },
  };
}
