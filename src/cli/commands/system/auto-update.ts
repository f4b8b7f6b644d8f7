import { describeError } from '../../../lib/errors';
import { shortId } from '../../../lib/id';
import { throwFailures } from '../../../container/select';
import type { UpdateReport } from '../../../systemd/auto-update/types';
import { defineCommand } from '../../define-command';
import { authFileOption, tlsVerifyOption } from '../../options/auth-options';
import { parseRegistryOptions } from '../../options/registry-options';
import { printRows } from '../../print/print-rows';
import { pullReport } from '../../print/pull-progress';

/** `tspod auto-update`. */
export default defineCommand({
  summary: 'Update containers according to their auto-update policy',
  usage: '[options]',
  description:
    'Looks for newer images of running containers with the label io.containers.autoupdate (AutoUpdate= in Quadlet files), and restarts the units of systemd that run them. With "registry" the image\'s registry is asked, and what is newer is pulled; the name has to tell the registry. With "local" the image that has the name in the store now is compared with that of the container. The label io.containers.autoupdate.authfile names a file of credentials for the one container. The unit is known from the variable PODMAN_SYSTEMD_UNIT in its environment, as Quadlet and "generate systemd --new" set it.\n\nWhen a unit does not start with the new image, its name is given to the old one again and the unit is restarted ("rolled back"). A unit fails early only where it knows when the container is ready: Notify=yes or Notify=healthy in Quadlet files, --sdnotify=container or healthy.\n\nUPDATED is true, false, pending (--dry-run), failed or rolled back. The exit status is 125 when something has failed.\n\nThe timer tspod-auto-update.timer does it every day: tspod system install-units, then systemctl --user enable --now tspod-auto-update.timer.',
  examples: [
    'tspod auto-update --dry-run',
    'tspod auto-update',
    "tspod auto-update --format '{{.Unit}} {{.Updated}}'",
  ],
  options: {
    authfile: authFileOption,
    'dry-run': {
      type: 'boolean',
      default: false,
      description: 'Only tell which containers would be updated',
    },
    format: { type: 'string', value: 'FORMAT', description: 'JSON or a Go template' },
    rollback: {
      type: 'boolean',
      default: true,
      description: 'Go back to the image before when the unit does not start with the new one',
    },
    'tls-verify': tlsVerifyOption,
  },
  args: { min: 0, max: 0 },
  async run(ctx, flags, _args, output) {
    const registry = await parseRegistryOptions(ctx, flags);
    const { findSubjects } = await import('../../../systemd/auto-update/find-subjects');
    const { autoUpdate } = await import('../../../systemd/auto-update/auto-update');
    const { subjects, failures } = findSubjects(ctx);
    const reports: UpdateReport[] = [];
    const options = {
      ...{ isDry: flags['dry-run'], rollsBack: flags.rollback, registry },
      report: pullReport(output),
    };
    for await (const report of autoUpdate(ctx, subjects, options)) {
      reports.push(report);
      if (report.updated === 'rolled back') ctx.log('warn', rolledBack(report));
      else if (report.error !== undefined) failures.push(report.error);
    }
    const columns = ['Unit', 'Container', 'Image', 'Policy', 'Updated'];
    if (reports.length > 0)
      await printRows(output, reports.map(rowOf), {
        name: 'auto-update',
        columns,
        format: flags.format,
        indent: 5,
      });
    throwFailures(failures);
  },
});

function rolledBack({ subject, error }: UpdateReport): string {
  return `container "${subject.name}" runs its old image again: ${describeError(error)}`;
}

function rowOf({ subject, updated }: UpdateReport) {
  const { id, name, image, policy, unit } = subject;
  return {
    Unit: unit,
    Container: `${shortId(id)} (${name})`,
    ContainerName: name,
    ContainerID: id,
    Image: image,
    Policy: policy,
    Updated: updated,
  };
}
