import { read } from 'node:fs';
import { TspodError } from '../../lib/errors';
import { createMessageReader } from './receiver-protocol';
import type { FetcherMessage, ImagePlan } from './receiver-protocol';

/** What has come of an image so far, as the process that fetches it tells. */
export interface Arrivals {
  /** The plan, when it has come. */
  plan(): Promise<ImagePlan>;
  /**
   * Takes the layer to be unpacked next out of `waiting`: the first that is all there, else the first of which something has
   * come. Undefined when none waits any more.
   */
  first(waiting: number[]): Promise<number | undefined>;
  /** The bytes of a layer that lie in its file, once they are more than `known`. */
  more(layer: number, known: number): Promise<number>;
  /** Resolves when the layer's digest has been verified. */
  verified(layer: number): Promise<void>;
  /** Lets all that is waited for fail, for this reason. */
  giveUp(reason: unknown): void;
  /** Throws what all that is waited for fails with. */
  check(): void;
}

/** Reads the messages of the process that fetches. All promises fail when it ends before it has said what they wait for. */
export function readArrivals(descriptor: number): Arrivals {
  let plan: ImagePlan | undefined;
  const have = new Map<number, number>();
  const done = new Set<number>();
  let failure: { reason: unknown } | undefined;
  const waiting: (() => void)[] = [];

  const takers: { [K in FetcherMessage[0]]: (message: Extract<FetcherMessage, [K, ...unknown[]]>) => void } =
    {
      plan: ([, given]) => (plan = given),
      have: ([, layer, bytes]) => have.set(layer, bytes),
      done: ([, layer]) => done.add(layer),
    };
  const take = createMessageReader<FetcherMessage>((message) => {
    (takers[message[0]] as (given: FetcherMessage) => void)(message);
  });
  const wake = (): void => waiting.splice(0).forEach((resolve) => resolve());

  readText(descriptor, (text) => {
    if (text === undefined)
      failure ??= { reason: new TspodError('state', 'the process that fetches the image has ended') };
    else take(text);
    wake();
  });

  async function until<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (failure !== undefined) throw failure.reason;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }

  function takeFirst(layers: number[]): { at: number | undefined } | undefined {
    if (failure !== undefined) return undefined;
    if (layers.length === 0) return { at: undefined };
    const at = layers.find((layer) => done.has(layer)) ?? layers.find((layer) => have.has(layer));
    if (at === undefined) return undefined;
    layers.splice(layers.indexOf(at), 1);
    // who waits for a layer too may find that none is left
    wake();
    return { at };
  }

  return {
    plan: () => until(() => plan),
    first: async (waiting) => (await until(() => takeFirst(waiting))).at,
    more: (layer, known) =>
      until(() => {
        const bytes = have.get(layer) ?? 0;
        return bytes > known ? bytes : undefined;
      }),
    verified: async (layer) => {
      await until(() => (done.has(layer) ? true : undefined));
    },
    giveUp(reason) {
      failure = { reason };
      wake();
    },
    check() {
      if (failure !== undefined) throw failure.reason;
    },
  };
}

/** Plain reads in Node's thread pool: process.stdin would load the network modules. */
function readText(descriptor: number, take: (text: string | undefined) => void): void {
  const buffer = Buffer.allocUnsafe(65536);
  const decoder = new TextDecoder();
  const next = (): void => {
    read(descriptor, buffer, 0, buffer.length, null, (error, length) => {
      if (error !== null || length === 0) return take(undefined);
      take(decoder.decode(buffer.subarray(0, length), { stream: true }));
      next();
    });
  };
  next();
}
