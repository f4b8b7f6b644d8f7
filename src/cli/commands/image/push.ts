import { pushImage } from '../../../image/push/push-image';
import { defineCommand } from '../../define-command';
import { pushReport } from '../../print/push-progress';
import { signingOptions } from '../../options/signing-options';
import { compressionOptions, parseCompression, writeDigestFile } from '../../options/compression-options';
import { parseRegistryOptions, registryOptions } from '../../options/registry-options';

const unencrypted = 'encrypted images are not supported';

/** `tspod push`. */
export default defineCommand({
  summary: 'Push an image to a destination',
  usage: '[options] IMAGE [DESTINATION]',
  description:
    'Copies an image to a registry: under its own name, or as DESTINATION, `[docker://]REGISTRY/NAME[:TAG]`. Other destinations are oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME] and dir:PATH. What was pulled is pushed byte for byte, so its digests stay; a layer that was made here is compressed, and kept in that form for the next time. Blobs that the registry has are not sent again, and nothing is where it has the same manifest under the same name.',
  examples: [
    'tspod push web registry.example.com/team/web:1.2',
    'tspod push --digestfile web.digest registry.example.com/team/web:1.2',
    'tspod push web oci-archive:web.tar:web',
  ],
  options: {
    ...registryOptions,
    compress: { type: 'boolean', description: 'Compress layers for the destination "dir:"' },
    ...compressionOptions,
    'disable-content-trust': { type: 'boolean', description: 'Accepted as Podman has it, without effect' },
    'encrypt-layer': { type: 'list', description: 'Layers to encrypt', hidden: true, refuse: unencrypted },
    'encryption-key': { type: 'list', description: 'Key to encrypt with', hidden: true, refuse: unencrypted },
    quiet: { type: 'boolean', short: 'q', description: 'Do not tell of progress' },
    'remove-signatures': {
      type: 'boolean',
      description: 'Accepted as Podman has it: signatures are not stored, so none is pushed',
    },
    ...signingOptions,
  },
  args: { min: 1, max: 2 },
  async run(ctx, flags, [image = '', destination], output) {
    const registry = await parseRegistryOptions(ctx, flags);
    const form = parseCompression(flags, ctx.defaults?.transfer?.compression);
    const digest = await pushImage(ctx, image, {
      ...form,
      destination,
      compressDirectory: flags.compress === true,
      registry,
      ...pushReport(output, flags.quiet === true),
    });
    writeDigestFile(flags.digestfile, digest);
  },
});
