import { mountContainer, mountedContainers } from '../../../container/rootfs/mount-container';
import { selectContainers, throwFailures } from '../../../container/select';
import { shortId } from '../../../lib/id';
import { alignRows } from '../../../lib/table';
import { defineCommand } from '../../define-command';
import type { Output } from '../../define-command';
import { isJsonFormat, mountFormatOption, requireUnshare } from '../../options/mount';
import { allOption, latestOption } from '../../options/selection';
import { forEachTarget } from './for-each-target';

/** `tspod mount`. */
export default defineCommand({
  summary: "Mount a working container's root file system",
  usage: '[options] [CONTAINER...]',
  description:
    'Prints the folder in which the root file system of a container can be seen and changed; without a container, all ' +
    'that are mounted. Works inside "tspod unshare" only, and the mount ends with it.',
  examples: [
    `tspod unshare sh -c 'cp app.conf "$(tspod mount web)/etc/"'`,
    'tspod unshare tspod mount --all',
  ],
  options: {
    all: allOption('Mount all containers'),
    format: mountFormatOption,
    latest: latestOption,
    'no-trunc': { type: 'boolean', description: 'Print full ids' },
  },
  args: { min: 0 },
  configured: true,
  async run(ctx, flags, args, output) {
    requireUnshare(ctx, 'mount');
    const isJson = isJsonFormat(flags.format);
    const { all, latest } = flags;
    if (args.length === 0 && all !== true && latest !== true) {
      return printMounts(output, mountedContainers(ctx), { isJson, full: flags['no-trunc'] ?? false });
    }
    const selected = selectContainers(ctx, { names: args, all, latest });
    const failures = await forEachTarget(selected.targets, { ...output, print: () => undefined }, ({ id }) =>
      output.print(mountContainer(ctx, id)),
    );
    throwFailures([...selected.failures, ...failures]);
  },
});

function printMounts(
  output: Output,
  mounts: ReturnType<typeof mountedContainers>,
  { isJson, full }: { isJson: boolean; full: boolean },
): void {
  if (isJson) {
    const values = mounts.map(({ id, name, path }) => ({ id, Names: [name], mountpoint: path }));
    return output.print(JSON.stringify(values, null, 1));
  }
  const rows = mounts.map(({ id, path }) => [full ? id : shortId(id), path]);
  for (const line of alignRows(rows)) output.print(line);
}
