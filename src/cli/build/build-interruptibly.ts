import { buildImage } from '../../build/build-image';
import type { BuildRequest, BuildResult } from '../../build/request';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { BuildPrinter } from '../print/build/printer';

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Lets signals that came while there was work be heard: the process may replace itself now, and they would be lost. */
async function hearSignals(): Promise<void> {
  // the first one may come before the loop has looked
  for (let turn = 0; turn < 2; turn++) await new Promise((resume) => setImmediate(resume));
}

/** Builds; a signal ends it in order, and what it has made goes away. A second one ends it at once. */
export async function buildInterruptibly(
  ctx: Context,
  request: BuildRequest,
  printer: BuildPrinter,
): Promise<BuildResult> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.kill(process.pid, 'SIGKILL');
    const exitCode = SIGNALS[signal as keyof typeof SIGNALS];
    controller.abort(new TspodError('state', 'the build was interrupted', { exitCode }));
    printer.close();
  };
  const names = Object.keys(SIGNALS) as NodeJS.Signals[];
  for (const name of names) process.on(name, stop);
  try {
    return await buildImage(ctx, request, controller.signal);
  } catch (error) {
    await hearSignals();
    // whatever broke off, this is why
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    for (const name of names) process.off(name, stop);
  }
}
