import { writeFileSync } from 'node:fs';
import { pushImage } from '../../../image/push/push-image';
import type { Compressor } from '../../../image/transport/packed-layer';
import type { ManifestKind } from '../../../image/transport/layer-media-types';
import { TspodError, wrapError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { parseRegistryOptions, registryOptions } from '../../options/registry-options';

const unsigned = 'signatures are not made or verified yet';
const unencrypted = 'encrypted images are not supported';
/** Levels by format, from quick to small. */
const levels = { gzip: 9, zstd: 22 } as const;

/** `tspod push`. */
export default defineCommand({
  summary: 'Push an image to a destination',
  usage: '[options] IMAGE [DESTINATION]',
  description:
    'Copies an image to a registry: under its own name, or as DESTINATION, `[docker://]REGISTRY/NAME[:TAG]`. Other destinations are oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME] and dir:PATH. What was pulled is pushed byte for byte, so its digests stay; a layer that was made here is compressed, and kept in that form for the next time. Blobs that the registry has are not sent again.',
  examples: [
    'tspod push web registry.example.com/team/web:1.2',
    'tspod push --digestfile web.digest registry.example.com/team/web:1.2',
    'tspod push web oci-archive:web.tar:web',
  ],
  options: {
    ...registryOptions,
    compress: { type: 'boolean', description: 'Compress layers for the destination "dir:"' },
    'compression-format': {
      type: 'string',
      value: 'FORMAT',
      description: 'How layers are compressed: gzip (the default) or zstd',
    },
    'compression-level': {
      type: 'number',
      value: 'LEVEL',
      description: 'From 1 (quick) to 9 (small) with gzip, to 22 with zstd',
    },
    'disable-content-trust': { type: 'boolean', description: 'Accepted as Podman has it, without effect' },
    'encrypt-layer': { type: 'list', description: 'Layers to encrypt', hidden: true, refuse: unencrypted },
    'encryption-key': { type: 'list', description: 'Key to encrypt with', hidden: true, refuse: unencrypted },
    digestfile: {
      type: 'string',
      value: 'FILE',
      description: 'Write the digest of the manifest to this file',
    },
    'force-compression': {
      type: 'boolean',
      description:
        'Compress layers anew that are compressed in another format; implied by --compression-format',
    },
    format: {
      type: 'string',
      short: 'f',
      value: 'TYPE',
      description: 'Type of the manifest: oci or v2s2, instead of the stored one',
    },
    quiet: { type: 'boolean', short: 'q', description: 'Do not tell of progress' },
    'remove-signatures': {
      type: 'boolean',
      description: 'Accepted as Podman has it: signatures are not stored, so none is pushed',
    },
    'sign-by': { type: 'string', description: 'Sign with this key', hidden: true, refuse: unsigned },
    'sign-by-sigstore': { type: 'string', description: 'Sign with sigstore', hidden: true, refuse: unsigned },
    'sign-by-sigstore-private-key': {
      type: 'string',
      description: 'Sign with this key',
      hidden: true,
      refuse: unsigned,
    },
    'sign-passphrase-file': {
      type: 'string',
      description: 'Passphrase to sign with',
      hidden: true,
      refuse: unsigned,
    },
    'signature-policy': { type: 'string', description: 'Signature policy', hidden: true, refuse: unsigned },
  },
  args: { min: 1, max: 2 },
  async run(ctx, flags, [image = '', destination], output) {
    const compressor = compressorOf(flags['compression-format'], flags['compression-level']);
    const kind = kindOf(flags.format);
    const digest = await pushImage(ctx, image, {
      destination,
      ...(kind === undefined ? {} : { kind }),
      compressor,
      force: flags['force-compression'] ?? flags['compression-format'] !== undefined,
      compressDirectory: flags.compress === true,
      registry: await parseRegistryOptions(flags),
      note: flags.quiet === true ? () => undefined : (line) => output.note(line),
    });
    if (flags.digestfile !== undefined) writeDigest(flags.digestfile, digest);
  },
});

function compressorOf(format = 'gzip', level: number | undefined): Compressor {
  if (format === 'zstd:chunked') {
    throw new TspodError('unsupported', '--compression-format zstd:chunked is not supported', {
      hint: 'use zstd: it is as small, but clients fetch whole layers',
    });
  }
  if (format !== 'gzip' && format !== 'zstd')
    throw new TspodError('usage', `cannot find compressor for "${format}": expected gzip or zstd`);
  if (level === undefined) return { format };
  if (level < 1 || level > levels[format]) {
    throw new TspodError(
      'usage',
      `invalid --compression-level "${level}": ${format} has 1 to ${levels[format]}`,
    );
  }
  return { format, level };
}

function kindOf(format: string | undefined): ManifestKind | undefined {
  if (format === undefined || format === 'oci' || format === 'v2s2') return format;
  if (format === 'v2s1') {
    throw new TspodError(
      'unsupported',
      '--format v2s1 is not supported: registries do not accept it any more',
    );
  }
  throw new TspodError(
    'usage',
    `unknown format "${format}". Choose one of the supported formats: 'oci' or 'v2s2'`,
  );
}

function writeDigest(path: string, digest: string): void {
  try {
    writeFileSync(path, digest);
  } catch (error) {
    throw wrapError('the image was pushed; writing the file of its digest', error);
  }
}
