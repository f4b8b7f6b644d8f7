import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { removeVolumes } from '../../volume/remove-volume';
import { findVolumeName } from '../../volume/volume-record';
import { lookUpContainer } from '../find';
import { removeContainers } from '../remove';
import { throwFailures } from '../select';
import { volumeUsers } from './volume-users';

/**
 * Removes volumes that no container uses, and returns their names; with `force` the containers go first. Throws
 * 'in-use' with the containers that use one, 'not-found' for one that is missing.
 */
export async function removeUnusedVolume(
  ctx: Context,
  text: string,
  options: { force: boolean; timeout?: number | undefined },
): Promise<string> {
  const name = findVolumeName(ctx, text);
  const users = volumeUsers(ctx).get(name) ?? [];
  if (!options.force) checkUnused(name, users);
  const ids = users.flatMap((user) => lookUpContainer(ctx, user) ?? []);
  if (ids.length > 0)
    throwFailures((await removeContainers(ctx, ids, { force: true, timeout: options.timeout })).failures);
  removeVolumes(ctx, [name]);
  return name;
}

/** Error `in-use` with the names of the containers that use a volume. */
export function checkUnused(name: string, users: readonly string[]): void {
  if (users.length === 0) return;
  const message = `volume ${name} is being used by the following container(s): ${users.join(', ')}: volume is being used`;
  throw new TspodError('in-use', message, {
    exitCode: 2,
    hint: `remove the containers first: tspod rm ${users.join(' ')}`,
  });
}
