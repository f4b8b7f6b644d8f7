import type { Context } from '../lib/context';
import { describeError } from '../lib/errors';
import { takeEvents } from '../store/events/record-event';

/** Writes down what has happened; where that fails, it is only told of. */
export async function flushEvents(ctx: Context): Promise<void> {
  const events = takeEvents(ctx);
  if (events.length === 0) return;
  try {
    if (ctx.defaults === undefined) {
      const { configure } = await import('./options/configure');
      await configure(ctx);
    }
    const { appendEvents } = await import('../store/events/append-events');
    await appendEvents(ctx, events);
  } catch (error) {
    ctx.log('warn', `writing events: ${describeError(error)}`);
  }
}
