import { findContainer, latestContainer } from '../../../container/find';
import { listContainers } from '../../../container/list/list';
import { findPublished, publishedPorts, type PublishedPort } from '../../../container/ports';
import { TspodError } from '../../../lib/errors';
import { shortId } from '../../../lib/id';
import { defineCommand } from '../../define-command';
import { allOption, latestOption } from '../../options/selection';

/** `tspod port`. */
export default defineCommand({
  summary: 'List port mappings or a specific mapping for the container',
  usage: '[options] CONTAINER [PORT[/PROTOCOL]]',
  options: { all: allOption('Show the ports of all running containers'), latest: latestOption },
  args: { min: 0, max: 2 },
  examples: ['tspod port web', 'tspod port web 80/tcp', 'tspod port --all'],
  run(ctx, { all, latest }, args, output) {
    checkArguments(args, { all, latest });
    if (all) {
      for (const { record } of listContainers(ctx, ['running'])) {
        for (const port of publishedPorts(record)) output.print(`${shortId(record.id)}\t${line(port)}`);
      }
      return;
    }
    const record = latest ? latestContainer(ctx) : findContainer(ctx, args[0] ?? '');
    const wanted = latest ? args[0] : args[1];
    if (wanted === undefined) for (const port of publishedPorts(record)) output.print(line(port));
    else for (const { host } of findPublished(record, wanted)) output.print(host);
  },
});

function line({ containerPort, protocol, host }: PublishedPort): string {
  return `${containerPort}/${protocol} -> ${host}`;
}

function checkArguments(
  args: readonly string[],
  { all, latest }: { all: boolean | undefined; latest: boolean | undefined },
): void {
  const fail = (message: string): never => {
    throw new TspodError('usage', message);
  };
  if (all && latest) fail('--all and --latest cannot be used together');
  if (all && args.length > 0) fail('no arguments are needed with --all');
  if (!all && !latest && args.length === 0) fail('you must supply a running container name or id');
}
