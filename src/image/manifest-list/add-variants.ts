import { TspodError } from '../../lib/errors';
import { parseManifest } from '../format/manifest';
import type { Repository } from '../registry/types';
import type { Compression } from '../transport/packed-layer';
import { changed } from './list-content';
import type { ListedManifest } from './list-content';

/** How the layers of an image are compressed. */
export type CompressionFormat = Compression['format'];

/** An image of a list that was pushed. */
export interface PushedInstance {
  /** As the list of the store has it. */
  original: ListedManifest;
  pushed: ListedManifest;
}

/** How further forms of images get to the registry. */
export interface VariantOptions {
  repository: Repository;
  formats: readonly CompressionFormat[];
  /** Pushes an image with layers of a format. */
  pushAs: (original: ListedManifest, format: CompressionFormat) => Promise<ListedManifest>;
}

/** What tells a client that an image has zstd layers before it reads the manifest. Source: containers/image. */
const zstdMark = { 'io.github.containers.compression.zstd': 'true' };

/** What was pushed, and after it, for each platform that lacks it, the image with layers of each format. */
export async function addVariants(
  instances: readonly PushedInstance[],
  { repository, formats, pushAs }: VariantOptions,
): Promise<ListedManifest[]> {
  const known: (PushedInstance & { format: CompressionFormat | undefined })[] = [];
  for (const each of instances) known.push({ ...each, format: await formatOf(repository, each.pushed) });
  for (const format of formats) {
    for (const { original, format: own } of [...known]) {
      const isThere = known.some((each) => each.format === format && samePlatform(each.original, original));
      if (own === undefined || isThere) continue;
      const variant = await pushAs(original, format);
      const pushed = format === 'zstd' ? changed(variant, { annotations: zstdMark }) : variant;
      known.push({ original, pushed, format });
    }
  }
  return known.map(({ pushed }) => pushed);
}

/** Undefined of what is no image. */
async function formatOf(
  repository: Repository,
  { digest }: ListedManifest,
): Promise<CompressionFormat | undefined> {
  const manifest = parseManifest((await repository.manifest(digest)).bytes);
  if (!('config' in manifest)) return undefined;
  return manifest.layers.some(({ mediaType }) => /[.+]zstd$/.test(mediaType)) ? 'zstd' : 'gzip';
}

function samePlatform(one: ListedManifest, other: ListedManifest): boolean {
  const text = ({ platform }: ListedManifest): string =>
    JSON.stringify(Object.entries(platform ?? {}).sort());
  return text(one) === text(other);
}

/** Fails where further forms of the images cannot be made. Errors: `usage`, `unsupported`. */
export function checkVariants(
  formats: readonly CompressionFormat[],
  { all, kind, isLocal }: { all: boolean; kind?: string; isLocal: boolean },
): void {
  if (formats.length === 0) return;
  if (!all) throw new TspodError('usage', '--add-compression pushes images: not with --all=false');
  if (isLocal) throw new TspodError('unsupported', '--add-compression is for registries only');
  if (kind === 'v2s2' && formats.includes('zstd'))
    throw new TspodError('usage', '--add-compression zstd: not with --format v2s2, which knows no zstd');
}
