import { checkPruneFilters, pruneStore } from '../../../container/prune-all';
import { throwFailures } from '../../../container/select';
import { removeUnusedContent } from '../../../image/remove/remove-image';
import { TspodError } from '../../../lib/errors';
import { humanSize } from '../../../lib/size';
import { confirm } from '../../confirm';
import { defineCommand } from '../../define-command';
import type { Output } from '../../define-command';

/** `tspod system prune`. */
export default defineCommand({
  summary: 'Remove unused data',
  usage: '[options]',
  description:
    'Removes the containers that do not run, the networks that no container is connected to, and the images without a name that no container uses; with --all the images that have a name, too, and with --volumes the volumes that no container uses, named ones among them; with --build what builds keep for the next ones. Prints what went and how much room that was.',
  examples: ['tspod system prune', 'tspod system prune --all --volumes --force'],
  options: {
    all: { type: 'boolean', short: 'a', description: 'Remove all images that no container uses' },
    build: {
      type: 'boolean',
      description: 'Remove what builds keep for the next ones, and what killed builds have left, too',
    },
    external: {
      type: 'boolean',
      description: 'Remove only what killed commands left in the store',
    },
    filter: {
      type: 'list',
      value: 'KEY=VALUE',
      description: 'Remove only what this holds for: label, label! or until',
    },
    force: { type: 'boolean', short: 'f', description: 'Do not ask' },
    volumes: { type: 'boolean', description: 'Remove volumes that no container uses' },
  },
  args: { min: 0, max: 0 },
  configured: true,
  async run(ctx, flags, _args, output) {
    const { all = false, build = false, volumes = false, external, filter } = flags;
    if (external && (all || build || volumes || filter.length > 0))
      throw new TspodError('usage', 'system prune --external cannot be combined with other options');
    if (external) return removeUnusedContent(ctx);
    checkPruneFilters(ctx, filter);
    if (!flags.force && !(await confirm(output, warning({ all, build, volumes }), []))) return;
    const pruned = await pruneStore(ctx, { all, volumes, filters: filter });
    printList(output, 'Deleted Containers', pruned.containers);
    printList(output, 'Deleted Volumes', pruned.volumes);
    printList(output, 'Deleted Images', pruned.images);
    printList(output, 'Deleted Networks', pruned.networks);
    const cached = build ? (await import('../../../build/cache/clear-cache')).clearCache(ctx) : 0;
    output.print(`Total reclaimed space: ${humanSize(pruned.bytes + cached)}`);
    throwFailures(pruned.failures);
  },
});

function warning({ all, build, volumes }: Record<'all' | 'build' | 'volumes', boolean>): string {
  const what = [
    'all stopped containers',
    'all networks not used by at least one container',
    ...(volumes ? ['all volumes not used by at least one container'] : []),
    all ? 'all images without at least one container associated with them' : 'all dangling images',
    ...(build ? ['the build cache'] : []),
  ];
  return `WARNING! This command removes:\n${what.map((each) => `\t- ${each}\n`).join('')}`;
}

function printList(output: Output, heading: string, names: readonly string[]): void {
  if (names.length > 0) output.print([heading, ...names].join('\n'));
}
