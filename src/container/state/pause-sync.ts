/** Waits without giving anything else a turn; milliseconds. For commands that have nothing else to do. */
export function pauseSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
