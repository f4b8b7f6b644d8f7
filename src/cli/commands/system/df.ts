import { diskUsage } from '../../../container/rootfs/disk-usage';
import type { ContainerUsage, VolumeUsage } from '../../../container/rootfs/disk-usage';
import { imageUsage } from '../../../image/list/image-usage';
import type { ImagesUsage, ImageUsage } from '../../../image/list/image-usage';
import { splitName } from '../../../image/list/list-images';
import { humanDuration } from '../../../lib/duration';
import { TspodError } from '../../../lib/errors';
import { shortId } from '../../../lib/id';
import { humanSize } from '../../../lib/size';
import { defineCommand } from '../../define-command';
import type { Output } from '../../define-command';
import { printRows } from '../../print/print-rows';

/** `tspod system df`. */
export default defineCommand({
  summary: 'Show how much disk is used',
  usage: '[options]',
  description:
    'Sizes are sums of file sizes, as of du --apparent-size. Those of images are what they take up here: their unpacked layers and the archives that are kept of them; what several share is counted once. Reclaimable is what no container needs. The build cache is what only the next builds would need: "tspod system prune --build" frees it.',
  examples: [
    'tspod system df',
    'tspod system df --verbose',
    "tspod system df --format '{{.Type}} {{.Size}}'",
  ],
  options: {
    format: { type: 'string', value: 'FORMAT', description: 'JSON or a Go template' },
    verbose: { type: 'boolean', short: 'v', description: 'Show each image, container and volume' },
  },
  args: { min: 0, max: 0 },
  async run(ctx, { format, verbose }, _args, output) {
    if (format !== undefined && verbose === true)
      throw new TspodError('usage', 'cannot combine --format and --verbose flags');
    const images = imageUsage(ctx);
    const { containers, volumes } = diskUsage(ctx);
    if (verbose === true) return printDetails(output, { images, containers, volumes });
    const { cacheUsage } = await import('../../../build/cache/cache-usage');
    const cache = cacheUsage(ctx);
    const rows = [imagesRow(images), containersRow(containers), volumesRow(volumes), ...cacheRow(cache)];
    await printRows(output, rows, {
      name: 'df',
      columns: ['Type', 'Total', 'Active', 'Size', 'Reclaimable'],
      format,
    });
  },
});

interface Usage {
  images: ImagesUsage;
  containers: ContainerUsage[];
  volumes: VolumeUsage[];
}

function summary(type: string, total: number, active: number, { size = 0, free = 0 }) {
  const part = size === 0 ? 0 : Math.round((free / size) * 100);
  return {
    Type: type,
    Total: total,
    TotalCount: total,
    Active: active,
    RawSize: size,
    RawReclaimable: free,
    Size: humanSize(size),
    Reclaimable: `${humanSize(free)} (${part}%)`,
  };
}

/** As Podman counts: an image with two names twice, but once among those in use. */
function imagesRow({ images, size, reclaimable }: ImagesUsage) {
  const total = images.reduce((sum, { image }) => sum + Math.max(1, image.names.length), 0);
  const active = images.filter(({ image }) => image.containers > 0).length;
  return summary('Images', total, active, { size, free: reclaimable });
}

function containersRow(containers: readonly ContainerUsage[]) {
  const resting = containers.filter(({ isActive }) => !isActive);
  const sizes = { size: total(containers), free: total(resting) };
  return summary('Containers', containers.length, containers.length - resting.length, sizes);
}

function volumesRow(volumes: readonly VolumeUsage[]) {
  const unused = volumes.filter(({ links }) => links === 0);
  const sizes = { size: total(volumes), free: total(unused) };
  return summary('Local Volumes', volumes.length, volumes.length - unused.length, sizes);
}

/** Podman has no such row: it is there when there is something to free. */
function cacheRow({ total: count, bytes }: { total: number; bytes: number }) {
  return count === 0 && bytes === 0 ? [] : [summary('Build Cache', count, 0, { size: bytes, free: bytes })];
}

function total(list: readonly { size: number }[]): number {
  return list.reduce((sum, { size }) => sum + size, 0);
}

async function printDetails(output: Output, { images, containers, volumes }: Usage): Promise<void> {
  const now = Date.now();
  const tables = {
    Images: images.images.flatMap((usage) => imageRows(usage, now)),
    Containers: containers.map((usage) => containerRow(usage, now)),
    'Local Volumes': volumes.map(volumeRow),
  };
  let before = '';
  for (const [title, rows] of Object.entries(tables)) {
    output.write(`${before}${title} space usage:\n\n`);
    await printRows(output, rows, { name: 'df', columns: columns[title as keyof typeof tables] });
    before = '\n';
  }
}

const columns = {
  Images: ['Repository', 'Tag', 'ImageID', 'Created', 'Size', 'SharedSize', 'UniqueSize', 'Containers'],
  Containers: ['ContainerID', 'Image', 'Command', 'LocalVolumes', 'Size', 'Created', 'Status', 'Names'],
  'Local Volumes': ['VolumeName', 'Links', 'Size'],
};

/** A row for each name, and one for an image without. */
function imageRows({ image, size, shared, unique }: ImageUsage, now: number): object[] {
  const names = image.names.length === 0 ? [undefined] : image.names;
  return names.map(splitName).map(({ repository, tag }) => ({
    Repository: repository,
    Tag: tag,
    ImageID: shortId(image.id),
    Created: humanDuration(now - image.created),
    Size: humanSize(size),
    SharedSize: humanSize(shared),
    UniqueSize: humanSize(unique),
    Containers: image.containers,
  }));
}

function containerRow({ container: { record, state }, size }: ContainerUsage, now: number): object {
  return {
    ContainerID: shortId(record.id),
    Image: shortId(record.imageId),
    Command: record.process.argv.join(' '),
    LocalVolumes: record.options.mounts.filter(({ kind }) => kind === 'volume').length,
    Size: humanSize(size),
    Created: humanDuration(now - Date.parse(record.created)),
    Status: state.phase,
    Names: record.name,
  };
}

function volumeRow({ volume, size, links }: VolumeUsage): object {
  return { VolumeName: volume.name, Links: links, Size: humanSize(size) };
}
