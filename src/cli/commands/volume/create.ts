import { TspodError } from '../../../lib/errors';
import { createImageVolume } from '../../../container/create/image-volume';
import { createVolume } from '../../../volume/create-volume';
import { parseVolumeOptions } from '../../../volume/volume-options';
import { loadVolume } from '../../../volume/volume-record';
import { defineCommand } from '../../define-command';

/** `tspod volume create`. */
export default defineCommand({
  summary: 'Create a new volume',
  usage: '[options] [NAME]',
  description:
    'Makes a volume, by default a directory in the store. Options (-o) that make it something else:\n' +
    '  size=SIZE                a file system of that size in a sparse file (fuse2fs), made full only by itself; as root a project\n' +
    '                           quota, where the file system of the store is mounted with prjquota (xfs, ext4)\n' +
    '  type=tmpfs o=size=SIZE   in memory, as long as a container uses it\n' +
    '  type=none o=bind device=/DIR   a directory of this machine\n' +
    '  uid= gid= mode=          who owns it, in ids of containers; -o o=uid=5,gid=6 is the same\n' +
    '  nocopy                   what the image has at its place is left out\n' +
    'With --driver image, -o image=NAME: it begins with the content of that image, which is not copied.',
  examples: [
    'tspod volume create data',
    'tspod volume create --label team=web -o size=2g data',
    'tspod volume create -o type=tmpfs -o o=size=64m,uid=1000 cache',
    'tspod volume create -o type=none -o o=bind -o device=/srv/www www',
    'tspod volume create --driver image -o image=site:2 www',
  ],
  options: {
    label: { type: 'list', short: 'l', value: 'KEY=VALUE', description: 'Set metadata for the volume' },
    ignore: { type: 'boolean', default: false, description: 'Do not fail if the volume exists' },
    driver: {
      type: 'string',
      short: 'd',
      value: 'DRIVER',
      default: 'local',
      description: 'The volume driver',
    },
    opt: { type: 'list', short: 'o', value: 'KEY=VALUE', description: 'Set an option of the driver' },
    uid: { type: 'string', value: 'UID', description: 'The owner of the volume' },
    gid: { type: 'string', value: 'GID', description: 'The group of the volume' },
  },
  args: { min: 0, max: 1 },
  async run(ctx, flags, [name], output) {
    checkDriver(flags.driver);
    const owner = (['uid', 'gid'] as const).flatMap((key) =>
      flags[key] === undefined ? [] : [`${key}=${flags[key]}`],
    );
    const words = [...flags.opt, ...owner];
    const settings = flags.driver === 'image' ? undefined : parseVolumeOptions(words, ctx.uid === 0);
    const labels = parseLabels(flags.label);
    if (flags.ignore && name !== undefined && loadVolume(ctx, name)) return output.print(name);
    const request = { labels, ...(name === undefined ? {} : { name }) };
    const made = settings
      ? createVolume(ctx, { ...request, settings })
      : await createImageVolume(ctx, request, words);
    output.print(made.name);
  },
});

function checkDriver(driver: string): void {
  if (driver === 'local' || driver === 'image') return;
  throw new TspodError('unsupported', `no volume plugin with name "${driver}" available`, {
    hint: 'there are no plugins; the drivers are local and image',
  });
}

function parseLabels(labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    labels.map((text) => {
      const equals = text.indexOf('=');
      if (equals === 0) throw new TspodError('usage', `invalid label "${text}": the name is missing`);
      return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}
