import { listImages } from '../../../image/list/list-images';
import { mountedImages, mountImage } from '../../../image/mount/mount-image';
import type { MountedImage } from '../../../image/mount/mount-image';
import { TspodError } from '../../../lib/errors';
import { alignRows } from '../../../lib/table';
import { defineCommand } from '../../define-command';
import type { Output } from '../../define-command';
import { isJsonFormat, mountFormatOption, requireUnshare } from '../../options/mount';

/** `tspod image mount`. */
export default defineCommand({
  summary: "Mount an image's root file system",
  usage: '[options] [IMAGE...]',
  description:
    'Prints the folder in which the root file system of an image can be read; without an image, all that are mounted.\n' +
    'Works inside "tspod unshare" only, and the mount ends with it.',
  examples: [`tspod unshare sh -c 'ls "$(tspod image mount busybox)/bin"'`],
  options: {
    all: { type: 'boolean', short: 'a', description: 'Mount all images' },
    format: mountFormatOption,
  },
  args: { min: 0 },
  configured: true,
  run(ctx, flags, args, output) {
    requireUnshare(ctx, 'image mount');
    const isJson = isJsonFormat(flags.format);
    if (flags.all === true && args.length > 0)
      throw new TspodError('usage', 'when using the --all switch, you may not pass any image names or IDs');
    const names = flags.all === true ? listImages(ctx).map(({ id }) => id) : args;
    const mounts = names.map((name) => mountImage(ctx, name));
    if (mounts.length === 1 && args.length === 1 && !isJson) return output.print(mounts[0]?.path ?? '');
    printMounts(output, names.length > 0 ? mounts : mountedImages(ctx), isJson);
  },
});

function printMounts(output: Output, mounts: readonly MountedImage[], isJson: boolean): void {
  if (isJson) {
    const values = mounts.map(({ id, names, path }) => ({ id, Repositories: names, mountpoint: path }));
    return output.print(JSON.stringify(values, null, 1));
  }
  const rows = mounts.map(({ id, names, path }) => [names[0] ?? id, path]);
  for (const line of alignRows(rows)) output.print(line);
}
