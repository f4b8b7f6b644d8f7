import { TspodError } from '../../lib/errors';
import { checkImageManifest } from '../format/check-image-manifest';
import { parseObject } from '../format/image-config';
import { checkManifestType, parseManifest } from '../format/manifest';
import type { Descriptor, Manifest } from '../format/manifest';
import { choosePlatform } from '../format/platform';
import type { Platform } from '../format/platform';
import type { RemoteManifest, Repository } from '../registry/types';

/** The manifest of one image, and the list that led to it. */
export interface ChosenManifest {
  bytes: Buffer;
  mediaType: string;
  digest: string;
  parsed: Manifest;
  /** The digest that the reference itself leads to; undefined when that is the manifest's own. */
  listDigest: string | undefined;
}

/** Where manifests come from. */
export type ManifestSource = Pick<Repository, 'manifest'>;

/** A list in a list is allowed; more serve nobody. */
const deepest = 4;

/**
 * Fetches a manifest by tag or digest, and of a list of them the one for the platform. Errors: those of the source,
 * `invalid` for what makes no sense, `unsupported` for an artifact, an old format, or layers that lie elsewhere.
 */
export async function chooseManifest(
  source: ManifestSource,
  reference: string,
  platform: Platform | undefined,
): Promise<ChosenManifest> {
  let found = await source.manifest(reference);
  const first = found.digest;
  const seen = new Set<string>();
  for (let depth = 0; ; depth++) {
    refuseOldFormat(found);
    const parsed = parseManifest(found.bytes);
    checkManifestType(parsed.mediaType || found.mediaType);
    if ('config' in parsed) {
      checkImageManifest(parsed);
      const mediaType = typeof parsed.mediaType === 'string' ? parsed.mediaType : found.mediaType;
      const listDigest = found.digest === first ? undefined : first;
      return { bytes: found.bytes, mediaType, digest: found.digest, parsed, listDigest };
    }
    if (depth === deepest || seen.has(found.digest))
      throw new TspodError('invalid', 'lists of manifests are nested too deeply');
    seen.add(found.digest);
    const listed = choosePlatform(parsed.manifests, platform);
    found = await source.manifest(listed.digest);
    checkSize(found.bytes, listed);
  }
}

function checkSize({ length }: Buffer, { digest, size }: Descriptor): void {
  if (length === size) return;
  const what = `manifest ${digest} has the wrong length: expected ${size} bytes, as the list says, got ${length}`;
  throw new TspodError('invalid', what);
}

function refuseOldFormat({ bytes, mediaType }: RemoteManifest): void {
  const isOld =
    /^application\/vnd\.docker\.distribution\.manifest\.v1\b/.test(mediaType) ||
    (parseObject(bytes, 'manifest') as { schemaVersion?: unknown }).schemaVersion === 1;
  if (!isOld) return;
  throw new TspodError('unsupported', 'the image is of the old format "Docker schema 1"', {
    hint: 'push it again with a current tool',
  });
}
