/** Told of bytes that have been used and are not needed any more. */
export type BufferCollector = (bytes: number) => void;

/** Between two collections, in bytes. */
const interval = 4 << 20;
/** What is not more than this is left to V8, in bytes. */
const threshold = 8 << 20;

type Collect = (options: { type: 'minor' }) => void;

/**
 * Keeps a stream of many megabytes from filling memory with buffers that are garbage: V8 counts little of what lies outside
 * of its heap, and would let them pile up to tens of megabytes. Each collection takes less than a millisecond.
 */
export function createBufferCollector(): BufferCollector {
  let total = 0;
  let since = 0;
  let collect: Collect | undefined;
  return (bytes) => {
    total += bytes;
    since += bytes;
    if (total < threshold || since < interval) return;
    since = 0;
    collect ??= exposeCollector();
    collect({ type: 'minor' });
  };
}

/**
 * `--expose-gc` at run time: it counts for contexts that are made afterwards. It is taken back, because V8 refuses a code
 * cache that was written under other flags than those of the start.
 */
function exposeCollector(): Collect {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--expose-gc');
  const collect = process.getBuiltinModule('node:vm').runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  return collect;
}
