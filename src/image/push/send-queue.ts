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
  const waiting: (() => Promise<void>)[] = [];
  const running = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  const next = (): void => {
    while (failure === undefined && running.size < limit) {
      const work = waiting.shift();
      if (work === undefined) return;
      const run: Promise<void> = work()
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          running.delete(run);
          next();
        });
      running.add(run);
    }
  };
  const check = (): void => {
    if (failure !== undefined) throw failure.error;
  };
  const settled = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running);
  };
  return {
    add(work) {
      waiting.push(work);
      next();
    },
    check,
    settled,
    async done() {
      await settled();
      check();
    },
  };
}
