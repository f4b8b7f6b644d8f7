import { isatty } from 'node:tty';
import { loadImages } from '../../../image/add/load-images';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';

/** `tspod load`. */
export default defineCommand({
  summary: 'Load images from an archive',
  usage: '[options]',
  description:
    'Loads the images of an archive with their names: docker-archive (docker save), oci-archive, an OCI image layout in a directory, or a directory of the transport "dir:". The archive may be compressed with gzip, zstd or xz. Without --input it is read from standard input; an http or https address as --input fetches it first.',
  examples: ['tspod load -i busybox.tar', 'zcat debian.tar.gz | tspod load'],
  options: {
    input: {
      type: 'string',
      short: 'i',
      value: 'FILE',
      description: 'Read the archive from this file, directory or http(s) address instead of standard input',
    },
    quiet: {
      type: 'boolean',
      short: 'q',
      description: 'Do not tell of progress',
    },
    silent: { type: 'boolean', description: 'Print nothing', hidden: true },
    'signature-policy': {
      type: 'string',
      value: 'FILE',
      description: 'Read this policy.json instead of that of the user or the machine',
      hidden: true,
    },
  },
  args: { min: 0, max: 0 },
  userns: true,
  async run(ctx, flags, _args, output) {
    const input = flags.input === '-' || flags.input === '/dev/stdin' ? undefined : flags.input;
    if (input === undefined && isatty(0)) {
      throw new TspodError('usage', 'load: standard input is a terminal, not an archive', {
        hint: 'name a file with --input, or redirect one to standard input',
      });
    }
    const isQuiet = flags.quiet === true || flags.silent === true;
    const options = {
      policyFile: flags['signature-policy'],
      note: isQuiet ? undefined : (line: string) => output.note(line),
    };
    for await (const { id, names } of loadImages(ctx, input, options)) {
      if (flags.silent === true) continue;
      if (names.length === 0) output.print(`Loaded image: sha256:${id}`);
      for (const name of names) output.print(`Loaded image: ${name}`);
    }
  },
});
