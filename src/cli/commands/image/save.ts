import { saveFormats, saveImages } from '../../../image/save/save-images';
import type { SaveFormat } from '../../../image/save/save-images';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { configure } from '../../options/configure';
import { pushReport } from '../../print/push-progress';

/** `tspod save`. */
export default defineCommand({
  summary: 'Save images to an archive',
  usage: '[options] IMAGE [IMAGE...]',
  description:
    'Writes an image with its layers, configuration and names to a docker-archive (as "docker save" does), an oci-archive, or a directory, for "tspod load", Podman, Docker or skopeo. Further arguments are further names for it in the archive; with --multi-image-archive they are images. A layer that has to be compressed is kept in that form, so that the next time is quick.',
  examples: [
    'tspod save -o web.tar localhost/web',
    'tspod save --format oci-archive web | ssh host tspod load',
    'tspod save -m -o all.tar web db',
  ],
  options: {
    compress: { type: 'boolean', description: 'Compress the layers; only with --format docker-dir' },
    format: {
      type: 'string',
      value: 'FORMAT',
      description: `Form of the result: ${saveFormats.join(', ')}`,
      default: 'docker-archive',
    },
    'multi-image-archive': {
      type: 'boolean',
      short: 'm',
      description: 'Take all arguments as images and save them in one docker-archive',
    },
    output: {
      type: 'string',
      short: 'o',
      value: 'PATH',
      description: 'Write to this file or directory instead of standard output',
    },
    quiet: { type: 'boolean', short: 'q', description: 'Do not tell of progress' },
    'signature-policy': {
      type: 'string',
      value: 'FILE',
      description: 'Signature policy',
      hidden: true,
      refuse: 'signatures are not made or verified here',
    },
    uncompressed: {
      type: 'boolean',
      description: 'Leave uncompressed layers as they are; with oci-archive and oci-dir',
    },
  },
  args: { min: 1, missing: 'need at least 1 argument' },
  async run(ctx, flags, args, output) {
    const format = formatOf(flags.format);
    const multiple = flags['multi-image-archive'] ?? (await isMultiple(ctx));
    if (flags.compress === true && format !== 'docker-dir')
      throw new TspodError('usage', "--compress can only be set when --format is 'docker-dir'");
    if (multiple && args.length > 1 && format !== 'docker-archive') {
      throw new TspodError(
        'usage',
        `unsupported format "${format}" for saving multiple images (only docker-archive)`,
      );
    }
    await saveImages(ctx, args, {
      format,
      output: outputOf(flags.output, format, output.isTerminal),
      multiple,
      compress: flags.compress === true,
      uncompressed: flags.uncompressed === true,
      ...pushReport(output, flags.quiet === true),
    });
  },
});

async function isMultiple(ctx: Context): Promise<boolean> {
  await configure(ctx);
  return ctx.defaults?.transfer?.multiImageArchive ?? false;
}

function formatOf(text: string): SaveFormat {
  const found = saveFormats.find((format) => format === text);
  if (found !== undefined) return found;
  throw new TspodError('usage', `format value must be one of ${saveFormats.join(' ')}`);
}

function outputOf(path: string | undefined, format: SaveFormat, isTerminal: boolean): string | undefined {
  if (path !== undefined && !['', '-', '/dev/stdout'].includes(path)) {
    if (path.includes(':'))
      throw new TspodError('usage', `invalid filename (should not contain ':') "${path}"`);
    return path;
  }
  if (format === 'oci-dir' || format === 'docker-dir') {
    throw new TspodError('usage', `--format ${format} makes a directory: standard output cannot be one`, {
      hint: 'name a directory with --output',
    });
  }
  if (isTerminal) throw new TspodError('usage', 'refusing to save to terminal. Use -o flag or redirect');
  return undefined;
}
