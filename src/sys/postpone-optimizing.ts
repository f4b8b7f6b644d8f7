/** What V8 finds worth optimizing after so many milliseconds is. */
const delay = 1500;

/**
 * Keeps V8's optimizing compiler quiet for the first moments of a transfer: it would use a tenth of the processor's time on code
 * that a short one has done with before that pays. Ends by itself, or with the function that it returns, which has to be called
 * before the process ends: V8 refuses a code cache that was written under other flags than those of the start.
 */
export function postponeOptimizing(): () => void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--no-opt');
  const timer = setTimeout(end, delay);
  timer.unref();
  function end(): void {
    clearTimeout(timer);
    setFlagsFromString('--opt');
  }
  return end;
}
