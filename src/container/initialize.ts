import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import type { ContainerRecord } from './record';
import { startDetached } from './start';
import { isAlive, readState } from './state/status';

/** Sets a container up without running its program (`init`); throws 'state' for one that is set up or runs. */
export async function initializeContainer(ctx: Context, record: ContainerRecord): Promise<void> {
  if (isAlive(readState(ctx, record.id))) {
    throw new TspodError(
      'state',
      `container ${record.id} has already been created in runtime: container state improper`,
    );
  }
  await startDetached(ctx, record, { hold: true });
}
