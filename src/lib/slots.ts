/** A number of places for work that goes on at once. */
export interface Slots {
  /** Does work when a place is free, in the order of the calls. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** `count` places; 0: as many as are asked for. */
export function makeSlots(count: number): Slots {
  let free = count === 0 ? Infinity : count;
  const waiting: (() => void)[] = [];
  return {
    async run(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
