import { checkBlob } from '../../store/blob-writer';
import { digestHex, digestOf } from '../../store/digest';
import { TspodError, wrapError } from '../../lib/errors';
import { parseManifest } from '../manifest';
import { readArchiveFile, requireArchiveFile } from './archive-files';
import type { ArchiveFiles } from './archive-files';
import type { ArchivedImage } from './archived-image';

/** Whether a directory is one of the transport `dir:`; a docker-archive has a manifest.json too. */
export function isDirArchive(files: ArchiveFiles): boolean {
  return files.find('version') !== undefined && files.find('manifest.json') !== undefined;
}

/** The image of a directory of the transport `dir:`: manifest.json, and blobs named after their digests. Error `invalid`. */
export function readDirArchive(files: ArchiveFiles): ArchivedImage[] {
  const bytes = readArchiveFile(files, 'manifest.json');
  const manifest = parseManifest(bytes);
  if (!('config' in manifest))
    throw new TspodError('unsupported', 'manifest.json is a list of manifests: only one image can be read');
  const { digest, size } = manifest.config;
  const config = readArchiveFile(files, digestHex(digest));
  try {
    checkBlob({ digest: digestOf(config), size: config.length }, { digest, size });
  } catch (error) {
    throw wrapError('reading the configuration', error);
  }
  const mediaType = manifest.mediaType ?? 'application/vnd.oci.image.manifest.v1+json';
  const layers = manifest.layers.map((layer) => ({
    range: requireArchiveFile(files, digestHex(layer.digest)),
    expected: { digest: layer.digest, size: layer.size, mediaType: layer.mediaType },
  }));
  return [{ names: [], config, manifest: { bytes, mediaType }, layers }];
}
