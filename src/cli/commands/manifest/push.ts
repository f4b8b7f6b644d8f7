import { requireList } from '../../../image/manifest-list/local-list';
import { pushList } from '../../../image/manifest-list/push-list';
import type { PushListOptions } from '../../../image/manifest-list/push-list';
import { removeImage, removeUnusedContent } from '../../../image/remove/remove-image';
import type { Context } from '../../../lib/context';
import { defineCommand } from '../../define-command';
import { pushReport } from '../../print/push-progress';
import { signingOptions } from '../../options/signing-options';
import {
  compressionOf,
  compressionOptions,
  parseCompression,
  writeDigestFile,
} from '../../options/compression-options';
import { parseRegistryOptions, registryOptions } from '../../options/registry-options';

/** `tspod manifest push`. */
export default defineCommand({
  summary: 'Push a manifest list or image index',
  usage: '[options] LIST [DESTINATION]',
  description:
    'Copies a list and the images on it to a registry: under its own name, or as DESTINATION, `[docker://]REGISTRY/NAME[:TAG]`. Other destinations are oci:PATH[:NAME], oci-archive:PATH[:NAME] and dir:PATH. Images that are not in the store are copied from the registry that has them.',
  examples: [
    'tspod manifest push web:1.2 registry.example.com/team/web:1.2',
    'tspod manifest push web:1.2 oci-archive:web.tar:web',
    'tspod manifest push --add-compression zstd web:1.2 registry.example.com/team/web:1.2',
    'tspod manifest push --rm registry.example.com/team/web:1.2',
  ],
  options: {
    'add-compression': {
      type: 'list',
      value: 'FORMAT',
      description:
        'Push the images with layers of this format too, gzip or zstd, where the list has none for the platform',
    },
    all: { type: 'boolean', default: true, description: 'Push the images on the list too' },
    ...registryOptions,
    ...compressionOptions,
    quiet: { type: 'boolean', short: 'q', default: false, description: 'Do not tell of progress' },
    'remove-signatures': {
      type: 'boolean',
      description: 'Accepted as Podman has it: signatures are not stored, so none is pushed',
    },
    rm: { type: 'boolean', default: false, description: 'Remove the list from the store when it was pushed' },
    ...signingOptions,
  },
  args: { min: 1, max: 2 },
  async run(ctx, flags, [name = '', destination], output) {
    const { id } = requireList(ctx, name);
    const registry = await parseRegistryOptions(ctx, flags);
    const digest = await pushList(ctx, name, {
      ...parseCompression(flags, ctx.defaults?.transfer?.compression),
      destination,
      all: flags.all,
      ...addedForms(ctx, flags['add-compression']),
      registry,
      ...pushReport(output, flags.quiet),
    });
    writeDigestFile(flags.digestfile, digest);
    if (!flags.rm) return;
    const removal = { force: true, wholeImage: true, removeContainers: () => Promise.resolve() };
    await removeImage(ctx, id, removal);
    removeUnusedContent(ctx);
  },
});

/** What is asked for counts alone; what containers.conf says is only a wish. */
function addedForms(
  ctx: Context,
  given: readonly string[],
): Pick<PushListOptions, 'addCompression' | 'wish'> {
  const { addCompression: wish = [] } = ctx.defaults?.transfer ?? {};
  if (given.length === 0) return { wish };
  return { addCompression: given.map((format) => compressionOf(format, undefined).format) };
}
