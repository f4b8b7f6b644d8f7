/** Waits so many ms; leaves no listener behind. Error: the reason of `signal`, at once when that is aborted. */
export async function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const timers = process.getBuiltinModule('node:timers/promises');
  try {
    await timers.setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  } finally {
    // the reason, and not that a timer was stopped
    signal?.throwIfAborted();
  }
}
