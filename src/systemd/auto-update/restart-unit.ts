import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { systemctl } from '../systemctl';

/** Throws 'machine' where there is no systemd that could restart units. */
export async function requireManager(ctx: Context): Promise<void> {
  await systemctl(ctx, ['show', '--property=Version']);
}

/**
 * Restarts a unit and waits until it says that it is ready, or fails. However long that takes: the unit's own time limits apply.
 */
export async function restartUnit(ctx: Context, unit: string): Promise<void> {
  try {
    await systemctl(ctx, ['restart', '--', unit], { timeout: 0 });
  } catch (error) {
    throw wrapError(`restarting the unit "${unit}"`, withHint(ctx, unit, error));
  }
}

function withHint(ctx: Context, unit: string, error: unknown): unknown {
  if (!(error instanceof TspodError) || error.code !== 'system') return error;
  const whose = ctx.uid === 0 ? '' : ' --user';
  return new TspodError('system', error.message, {
    hint: `see "systemctl${whose} status ${unit}"`,
    cause: error,
  });
}
