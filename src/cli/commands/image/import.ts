import { applyChange } from '../../../image/format/config-change';
import type { ImageRunConfig } from '../../../image/format/image-config';
import { importImage } from '../../../image/add/import-image';
import { defineCommand } from '../../define-command';
import { pushReport } from '../../print/push-progress';

/** `tspod import`. */
export default defineCommand({
  summary: 'Import a tarball to create a file system image',
  usage: '[options] PATH|URL|- [REFERENCE]',
  description:
    'Makes an image of one layer from the archive of a root file system, plain or compressed with gzip, zstd or xz; "-" reads it from standard input, an http or https address fetches it first. Prints the id of the image.',
  examples: [
    `tspod import --change 'CMD ["bash"]' debian.tar debian:trixie`,
    'tar -C rootfs -c . | tspod import - mine',
    'tspod import https://example.com/rootfs.tar.gz mine:1',
  ],
  options: {
    arch: {
      type: 'string',
      value: 'ARCH',
      description: "Architecture of the image instead of this machine's",
    },
    change: {
      type: 'list',
      short: 'c',
      value: 'INSTRUCTION',
      description: 'Apply CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME or WORKDIR',
    },
    message: {
      type: 'string',
      short: 'm',
      value: 'TEXT',
      description: 'Comment in the history of the image',
    },
    os: { type: 'string', value: 'OS', description: 'Operating system of the image' },
    quiet: {
      type: 'boolean',
      short: 'q',
      description: 'Do not tell of progress',
    },
    variant: { type: 'string', value: 'VARIANT', description: 'Variant of the architecture' },
  },
  args: { min: 1, max: 2 },
  userns: true,
  async run(ctx, flags, [path = '', reference], output) {
    const config: ImageRunConfig = {};
    for (const change of flags.change) applyChange(config, change);
    const id = await importImage(ctx, {
      path: path === '-' || path === '/dev/stdin' ? undefined : path,
      reference,
      config,
      message: flags.message ?? '',
      ...pushReport(output, flags.quiet === true),
      ...(flags.os === undefined ? {} : { os: flags.os }),
      ...(flags.arch === undefined ? {} : { architecture: flags.arch }),
      ...(flags.variant === undefined ? {} : { variant: flags.variant }),
    });
    output.print(`sha256:${id}`);
  },
});
