/** Milliseconds of work after which others have their turn. */
const TURN = 50;

/** Called between pieces of work that does not wait by itself. Error: why the build was aborted. */
export type Breather = () => Promise<void> | undefined;

/** Lets signals and other stages have their turn, so that a long copy is not deaf. */
export function makeBreather(signal: AbortSignal): Breather {
  let since = performance.now();
  return () => (performance.now() - since < TURN ? undefined : rest());

  async function rest(): Promise<void> {
    await new Promise((resume) => setImmediate(resume));
    since = performance.now();
    signal.throwIfAborted();
  }
}
