import { writeFileSync } from 'node:fs';
import type { ManifestKind } from '../../store/media-types';
import type { Compression } from '../../image/transport/packed-layer';
import type { TransferDefaults } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { defineOptions } from '../define-command';
import type { Flags } from '../define-command';

/** Levels by format, from quick to small. */
const levels = { gzip: 9, zstd: 22 } as const;

/** In which form images are pushed. */
export const compressionOptions = defineOptions({
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
});

/** What the flags say of the form. Throws 'usage' and 'unsupported' for what cannot be. */
export function parseCompression(
  flags: Partial<Flags<typeof compressionOptions>>,
  configured: TransferDefaults['compression'] = {},
): {
  compression: Compression;
  force: boolean;
  kind?: ManifestKind;
} {
  const kind = kindOf(flags.format);
  const format = flags['compression-format'];
  // a configured level is one of the configured format
  const level = flags['compression-level'] ?? (format === undefined ? configured.level : undefined);
  return {
    compression: compressionOf(format ?? configured.format, level),
    force: flags['force-compression'] ?? flags['compression-format'] !== undefined,
    ...(kind === undefined ? {} : { kind }),
  };
}

/** Writes the digest of what was pushed to the file of --digestfile; nothing without one. */
export function writeDigestFile(path: string | undefined, digest: string): void {
  if (path === undefined) return;
  try {
    writeFileSync(path, digest);
  } catch (error) {
    throw wrapError('it was pushed; writing the file of its digest', error);
  }
}

/** Throws 'usage' for a format or level that there is not, and 'unsupported'. */
export function compressionOf(format = 'gzip', level: number | undefined): Compression {
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
