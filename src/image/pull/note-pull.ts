import type { Context } from '../../lib/context';
import { describeError } from '../../lib/errors';
import { recordEvent } from '../../store/events/record-event';

/** Notes how a pull of `name` ends, whether it needed a registry or not. */
export async function notePull<T extends { id: string }>(
  ctx: Context,
  name: string,
  pull: () => Promise<T>,
): Promise<T> {
  try {
    const image = await pull();
    recordEvent(ctx, { type: 'image', status: 'pull', id: image.id, name });
    return image;
  } catch (error) {
    recordEvent(ctx, { type: 'image', status: 'pull-error', name, error: describeError(error) });
    throw error;
  }
}
