import type { Context } from '../lib/context';
import { wrapError } from '../lib/errors';
import { recordEvent } from '../store/events/record-event';
import { driverOf } from './secret-driver';
import { findSecret, listSecrets, lockSecrets, writeSecrets } from './secret-store';

/** Removes a secret and its data; containers that were made with it keep their copy. Throws 'not-found'. Returns its id. */
export function removeSecret(ctx: Context, nameOrId: string): string {
  return lockSecrets(ctx, () => {
    const secret = findSecret(ctx, nameOrId);
    try {
      driverOf(ctx, secret).remove(secret.id);
    } catch (error) {
      throw wrapError(`deleting secret ${nameOrId}`, error);
    }
    writeSecrets(
      ctx,
      listSecrets(ctx).filter(({ id }) => id !== secret.id),
    );
    recordEvent(ctx, { type: 'secret', status: 'remove', id: secret.id, name: secret.name });
    return secret.id;
  });
}
