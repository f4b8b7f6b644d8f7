import { defineCommand } from '../../define-command';
import { allOption, latestOption } from '../../options/selection';
import { needsRoot } from './needs-criu';

const flag = (description: string) => ({ type: 'boolean', description }) as const;

/** `tspod container checkpoint`: explains why there is none. */
export default defineCommand({
  summary: 'Checkpoint one or more containers',
  usage: '[options] CONTAINER [CONTAINER...]',
  description:
    'Is refused. The processes of a container are written to disk by CRIU, which needs the capabilities of real root over them ' +
    '(CAP_CHECKPOINT_RESTORE, CAP_SYS_ADMIN and CAP_SYS_PTRACE in the initial user namespace); nobody has these over the containers ' +
    'of an unprivileged user. "tspod commit" keeps the files of a container, "tspod pause" stops its processes for a while; who needs ' +
    'checkpoints runs "sudo podman container checkpoint".',
  options: {
    all: allOption('Checkpoint all running containers'),
    compress: { type: 'string', short: 'c', value: 'KIND', description: 'gzip, none or zstd' },
    'create-image': { type: 'string', value: 'NAME', description: 'Make an image of it' },
    export: { type: 'string', short: 'e', value: 'FILE', description: 'Write an archive' },
    'file-locks': flag('With locks on files'),
    'ignore-rootfs': flag('Without changes of the root file system'),
    'ignore-volumes': flag('Without volumes'),
    keep: { ...flag('Keep temporary files'), short: 'k' },
    latest: latestOption,
    'leave-running': { ...flag('Let the container go on'), short: 'R' },
    'pre-checkpoint': { ...flag('Only memory, and let the container go on'), short: 'P' },
    'print-stats': flag('Show statistics'),
    'tcp-established': flag('With TCP connections'),
    'with-previous': flag('Upon an earlier one'),
  },
  args: { min: 0 },
  run(_ctx, { all, latest }, args) {
    throw needsRoot('checkpointing', { all, latest, names: args });
  },
});
