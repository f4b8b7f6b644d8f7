import { parseManifest } from '../format/manifest';
import type { Repository } from '../registry/types';

/**
 * Copies an image from a repository into another one, byte for byte: blobs that are there are left, those that the same
 * registry has elsewhere are mounted, the others pass through. Idempotent.
 */
export async function copyRemote(
  source: Repository,
  target: Repository,
  digest: string,
  note: (line: string) => void,
): Promise<void> {
  if (source.name === target.name) return;
  const { bytes, mediaType } = await source.manifest(digest);
  const manifest = parseManifest(bytes);
  const blobs = 'config' in manifest ? [...manifest.layers, manifest.config] : [];
  for (const blob of new Map(blobs.map((each) => [each.digest, each])).values()) {
    const isSent = await copyBlob(source, target, blob);
    note(`Copying blob ${blob.digest}${isSent ? '' : ' skipped: already exists'}`);
  }
  await target.putManifest(digest, bytes, mediaType);
}

/** Whether it had to pass through here. */
async function copyBlob(
  source: Repository,
  target: Repository,
  { digest, size }: { digest: string; size: number },
): Promise<boolean> {
  if ((await target.hasBlob(digest)) !== undefined) return false;
  const [host, ...path] = source.name.split('/');
  if (host === target.name.split('/')[0] && (await target.mountBlob(digest, path.join('/')))) return false;
  await target.putBlob({ digest, size, open: (from) => openBlob(source, digest, from) });
  return true;
}

/** The target checks the digest. */
async function* openBlob(source: Repository, digest: string, from: number): AsyncGenerator<Buffer> {
  const { stream, from: start } = await source.blob(digest, from);
  let skip = from - start;
  for await (const chunk of stream) {
    if (skip < chunk.length) yield chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.length);
  }
}
