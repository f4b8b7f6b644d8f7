import type { Context } from '../../lib/context';
import { driverOf } from '../../secret/secret-driver';
import { findSecret } from '../../secret/secret-store';
import type { ContainerSecret } from '../record';

/**
 * Finds the secrets that a new container is to have, and reads those that become files: they are the container's own from
 * then on, `files` by their place in the list. The last of several for one target counts. Throws 'not-found'.
 */
export function findSecrets(
  ctx: Context,
  asked: readonly ContainerSecret[],
): { secrets: ContainerSecret[]; files: Map<number, Buffer> } {
  const found = new Map<string, { secret: ContainerSecret; data?: Buffer }>();
  for (const each of asked) {
    const stored = findSecret(ctx, each.source);
    const { id, name } = stored;
    found.set(`${each.type} ${each.target ?? name}`, {
      secret: { ...each, id, name },
      ...(each.type === 'mount' ? { data: driverOf(ctx, stored).lookUp(id) } : {}),
    });
  }
  const all = [...found.values()];
  const files = all.flatMap(({ data }, index) => (data ? [[index, data] as const] : []));
  return { secrets: all.map(({ secret }) => secret), files: new Map(files) };
}
