import { latestContainer, lookUpContainer } from '../../../container/find';
import { inspectContainer } from '../../../container/inspect/inspect-container';
import { inspectNetwork } from '../../../container/networks/inspect-network';
import { networkUsers } from '../../../container/networks/network-users';
import { inspectImage } from '../../../image/list/inspect-image';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { findNetwork } from '../../../network/record/network-record';
import { describeVolume } from '../../../container/volumes/volume-users';
import { defineCommand } from '../../define-command';
import { inspectFormat, inspectSize } from '../../options/inspect';
import { latestOption } from '../../options/selection';
import { printInspected } from '../../print/print-value';
import { inspectAll, sizeReader } from './inspect-all';

type Inspector = (ctx: Context, name: string, written?: (id: string) => number) => object;

/** In the order in which a name is looked for. */
const INSPECTORS: Readonly<Record<string, Inspector>> = {
  container: inspectContainer,
  image: inspectImage,
  volume: (ctx, name) => describeVolume(ctx, name),
  network: (ctx, name) => {
    const network = findNetwork(ctx, name);
    return inspectNetwork(ctx, network, networkUsers(ctx).get(network.name) ?? []);
  },
};

/** `tspod inspect`. */
export default defineCommand({
  summary: 'Display the configuration of containers, images, volumes and networks',
  usage: '[options] {CONTAINER|IMAGE|VOLUME|NETWORK} [...]',
  options: {
    format: inspectFormat,
    latest: latestOption,
    size: inspectSize,
    type: {
      type: 'string',
      short: 't',
      value: 'TYPE',
      default: 'all',
      description: 'container, image, volume, network or all',
    },
  },
  args: { min: 0 },
  examples: [
    'tspod inspect web',
    "tspod inspect --format '{{.State.Pid}}' web",
    'tspod inspect --type image busybox',
  ],
  configured: true,
  run(ctx, { format, latest, size, type }, names, output) {
    if (names.length > 0 && latest)
      throw new TspodError('usage', '--latest and arguments cannot be used together');
    if (names.length === 0 && !latest) throw new TspodError('usage', 'no names or ids specified');
    const inspect = inspectorOf(type);
    const written = size ? sizeReader(ctx) : undefined;
    const wanted = latest ? [latestContainer(ctx).id] : names;
    const { found, failures } = inspectAll(
      wanted,
      (name) => inspect(ctx, name, written),
      type === 'all' ? 'object' : type,
    );
    printInspected(output, found, { format, name: 'inspect' });
    if (failures.length > 0) throw new AggregateError(failures);
  },
});

function inspectorOf(type: string): Inspector {
  if (type === 'all') return inspectAny;
  if (type === 'pod')
    throw new TspodError('unsupported', '--type pod is not supported: there are no pods yet');
  const inspect = Object.hasOwn(INSPECTORS, type) ? INSPECTORS[type] : undefined;
  if (inspect) return inspect;
  const types = '"image", "container", "pod", "network", "volume", or "all"';
  throw new TspodError('usage', `invalid type "${type}": must be ${types}`);
}

function inspectAny(ctx: Context, name: string, written?: (id: string) => number): object {
  const id = lookUpContainer(ctx, name);
  if (id !== undefined) return inspectContainer(ctx, name, written, id);
  try {
    return inspectImage(ctx, name);
  } catch (error) {
    if (!(error instanceof TspodError) || error.code !== 'not-found') throw error;
  }
  try {
    return describeVolume(ctx, name);
  } catch (error) {
    if (!(error instanceof TspodError) || error.code !== 'not-found') throw error;
    return INSPECTORS['network']?.(ctx, name) ?? {};
  }
}
