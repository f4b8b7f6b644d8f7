import { volumeUsers } from '../../../container/volumes/volume-users';
import { removeVolumes } from '../../../volume/remove-volume';
import { parseVolumeFilters } from '../../../volume/volume-filters';
import { listVolumes } from '../../../volume/volume-record';
import { defineCommand } from '../../define-command';
import { confirm } from '../../confirm';

/** `tspod volume prune`: anonymous volumes only, so that nobody loses named data by a habit; --all takes the rest too. */
export default defineCommand({
  summary: 'Remove all unused volumes',
  usage: '[options]',
  description: 'Removes the anonymous volumes that no container uses; with --all the named ones too.',
  examples: ['tspod volume prune', 'tspod volume prune --all --force'],
  options: {
    all: { type: 'boolean', short: 'a', default: false, description: 'Remove unused named volumes too' },
    filter: { type: 'list', value: 'KEY=VALUE', description: 'Remove only volumes for which this holds' },
    force: { type: 'boolean', short: 'f', default: false, description: 'Do not ask' },
  },
  args: { min: 0, max: 0 },
  async run(ctx, flags, _args, output) {
    const matches = parseVolumeFilters(ctx, flags.filter);
    const users = volumeUsers(ctx);
    const isUsed = (name: string): boolean => users.has(name);
    const names = listVolumes(ctx)
      .filter(
        (volume) => !isUsed(volume.name) && (flags.all || volume.anonymous) && matches(volume, { isUsed }),
      )
      .map((volume) => volume.name);
    const what = flags.all ? 'all volumes' : 'all anonymous volumes';
    const warning = `WARNING! This will remove ${what} not used by at least one container.`;
    if (!flags.force && names.length > 0 && !(await confirm(output, warning, names))) return;
    removeVolumes(ctx, names, { pruned: true });
    for (const name of names) output.print(name);
  },
});
