import { accessSync, constants, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { throwFailures } from '../../../container/select';
import type { Context } from '../../../lib/context';
import { describeError, TspodError } from '../../../lib/errors';
import { targetOf } from '../../../systemd/quadlet/kinds';
import type { Quadlet } from '../../../systemd/quadlet/types';
import { systemctl, unitStates } from '../../../systemd/systemctl';
import { defineCommand } from '../../define-command';
import { findInstalled, installedQuadlets } from './installed';
import { reloadOption, reloadSystemd } from './reload';
import { searchPlace } from './setup';

/** `tspod quadlet rm`. */
export default defineCommand({
  summary: 'Remove installed Quadlet files',
  usage: '[options] QUADLET [QUADLET...]',
  description:
    'Removes files that were installed; their drop-ins stay. A file whose unit runs is removed with --force only, which stops it before.',
  examples: ['tspod quadlet rm web.container', 'tspod quadlet rm --force --all'],
  options: {
    all: { type: 'boolean', short: 'a', default: false, description: 'Remove all files of this user' },
    force: { type: 'boolean', short: 'f', default: false, description: 'Stop units that run' },
    ignore: { type: 'boolean', short: 'i', default: false, description: 'A missing file is no error' },
    ...reloadOption,
  },
  args: { min: 0 },
  storeless: true,
  async run(ctx, flags, args, output) {
    if (flags.all === args.length > 0)
      throw new TspodError('usage', '`tspod quadlet rm` requires a name, or the --all flag');
    const installed = installedQuadlets(searchPlace(ctx));
    const failures: unknown[] = [];
    const names = flags.all ? installed.filter(isOwn).map(({ name }) => name) : args;
    let isChanged = false;
    for (const name of names) {
      try {
        await removeQuadlet(ctx, findInstalled(installed, name), flags.force);
        output.print(name);
        isChanged = true;
      } catch (error) {
        const isMissing = error instanceof TspodError && error.code === 'not-found';
        if (!(flags.ignore && isMissing)) failures.push(error);
      }
    }
    if (isChanged && flags['reload-systemd']) await reloadSystemd(ctx, output);
    throwFailures(failures);
  },
});

async function removeQuadlet(ctx: Context, quadlet: Quadlet, isForced: boolean): Promise<void> {
  const { service } = targetOf(quadlet);
  if (await isActive(ctx, service)) {
    if (!isForced)
      throw new TspodError('in-use', `the unit "${service}" of "${quadlet.name}" runs`, {
        hint: 'stop it, or add --force',
      });
    await systemctl(ctx, ['stop', '--', service]);
  }
  rmSync(quadlet.path);
}

/** Without systemd nothing runs for it. */
async function isActive(ctx: Context, service: string): Promise<boolean> {
  if (service.endsWith('@.service')) return false;
  try {
    return /^(active|activating|reloading|deactivating)\//.test(
      (await unitStates(ctx, [service])).get(service) ?? '',
    );
  } catch (error) {
    ctx.log('info', describeError(error));
    return false;
  }
}

function isOwn({ path }: Quadlet): boolean {
  try {
    accessSync(dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
