import { TspodError } from '../../lib/errors';
import { digestHex } from '../../store/digest';
import { checkImageManifest } from '../format/check-image-manifest';
import { manifestType, parseManifest } from '../format/manifest';
import type { Manifest } from '../format/manifest';
import { choosePlatform } from '../format/platform';
import type { Platform } from '../format/platform';
import { readArchiveFile, readVerifiedFile, requireArchiveFile } from './archive-files';
import type { ArchiveFiles } from './archive-files';
import type { ArchivedImage } from './archived-image';

/** Whether a directory is one of the transport `dir:`; a docker-archive has a manifest.json too. */
export function isDirArchive(files: ArchiveFiles): boolean {
  return files.find('version') !== undefined && files.find('manifest.json') !== undefined;
}

/**
 * The image of a directory of the transport `dir:`: manifest.json, and blobs named after their digests. Of a list the image
 * for the platform is taken, by default this machine's. Error `invalid`.
 */
export function readDirArchive(files: ArchiveFiles, platform?: Platform): ArchivedImage[] {
  const { manifest, bytes } = findManifest(files, readArchiveFile(files, 'manifest.json'), platform);
  const config = readVerifiedFile(files, digestHex(manifest.config.digest), manifest.config);
  const mediaType = manifest.mediaType ?? manifestType;
  const layers = manifest.layers.map((layer) => ({
    range: requireArchiveFile(files, digestHex(layer.digest)),
    expected: { digest: layer.digest, size: layer.size, mediaType: layer.mediaType },
  }));
  return [{ names: [], config, manifest: { bytes, mediaType }, layers }];
}

/** Images of a list lie beside it, as DIGEST.manifest.json. */
function findManifest(
  files: ArchiveFiles,
  bytes: Buffer,
  platform: Platform | undefined,
  depth = 0,
): { manifest: Manifest; bytes: Buffer } {
  const manifest = parseManifest(bytes);
  if ('config' in manifest) {
    checkImageManifest(manifest);
    return { manifest, bytes };
  }
  if (depth === 4) throw new TspodError('invalid', 'lists of manifests are nested too deeply');
  const chosen = choosePlatform(manifest.manifests, platform);
  const file = `${digestHex(chosen.digest)}.manifest.json`;
  return findManifest(files, readVerifiedFile(files, file, chosen), platform, depth + 1);
}
