import { defineCommand } from '../../define-command';
import { allOption, latestOption } from '../../options/selection';
import { needsRoot } from './needs-criu';

const flag = (description: string) => ({ type: 'boolean', description }) as const;

/** `tspod container restore`: explains why there is none. */
export default defineCommand({
  summary: 'Restore one or more containers from a checkpoint',
  usage: '[options] CONTAINER|IMAGE [CONTAINER|IMAGE...]',
  description:
    'Is refused: processes are brought back by CRIU, which needs the capabilities of real root. See tspod-container-checkpoint(1).',
  options: {
    all: allOption('Restore all containers with a checkpoint'),
    'file-locks': flag('With locks on files'),
    'ignore-rootfs': flag('Without changes of the root file system'),
    'ignore-static-ip': flag('With another address'),
    'ignore-static-mac': flag('With another MAC address'),
    'ignore-volumes': flag('Without volumes'),
    import: { type: 'string', short: 'i', value: 'FILE', description: 'Read an archive' },
    'import-previous': { type: 'string', value: 'FILE', description: 'Read an earlier archive, too' },
    keep: { ...flag('Keep temporary files'), short: 'k' },
    latest: latestOption,
    name: { type: 'string', short: 'n', value: 'NAME', description: 'Name the container' },
    pod: { type: 'string', value: 'POD', description: 'Put it into a pod' },
    'print-stats': flag('Show statistics'),
    publish: { type: 'list', short: 'p', value: 'PORT', description: 'Publish a port' },
    'tcp-established': flag('With TCP connections'),
  },
  args: { min: 0 },
  run(_ctx, { all, latest }, args) {
    throw needsRoot('restoring', { all, latest, names: args.length > 0 ? args : ['any'] });
  },
});
