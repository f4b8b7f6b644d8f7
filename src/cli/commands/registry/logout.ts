import { requireAuthFile } from '../../../config/auth-file-paths';
import { findCredentials } from '../../../config/credentials';
import { removeAllCredentials, removeCredentials } from '../../../config/store-credentials';
import { parseLoginTarget } from '../../../image/registry/login';
import { TspodError, wrapError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { authFilesOf, authOptions } from '../../options/auth-options';

/** `tspod logout`. */
export default defineCommand({
  summary: 'Log out of a container registry',
  usage: '[options] [REGISTRY]',
  description:
    'Removes the credentials that "tspod login" has kept for a registry, or for a path below it. Without a registry the first of unqualified-search-registries is meant.',
  examples: ['tspod logout quay.io', 'tspod logout --all'],
  options: {
    all: {
      type: 'boolean',
      short: 'a',
      default: false,
      description: 'Remove the credentials of all registries',
    },
    ...authOptions,
  },
  args: { min: 0, max: 1 },
  async run(ctx, flags, [text], output) {
    const files = authFilesOf(flags);
    requireAuthFile(files);
    if (flags.all) {
      if (text !== undefined) throw new TspodError('usage', '--all takes no arguments');
      await removeAllCredentials(ctx, files);
      return output.print('Removed login credentials for all registries');
    }
    const target = parseLoginTarget(ctx, text);
    if (await remove()) return output.print(`Removed login credentials for ${target.key}`);
    // those of the registry itself are not those of a path below it
    const isPath = target.key !== target.host;
    if (isPath || (await findCredentials(ctx, target.key, files)) === undefined) {
      throw new TspodError('not-found', `not logged into ${target.key}`);
    }
    output.print(
      `Not logged into ${target.key} with current tool. Existing credentials were established via docker login. Please use docker logout instead.`,
    );

    async function remove(): Promise<boolean> {
      try {
        return await removeCredentials(ctx, target.key, files);
      } catch (error) {
        throw wrapError(`logging out of "${target.key}"`, error);
      }
    }
  },
});
