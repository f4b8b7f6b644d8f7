import type { Context } from '../../lib/context';
import { readImageIndex } from '../../store/image-index';
import { storePaths } from '../../store/store-paths';
import { readImageRecord } from '../find/image-record';
import { parseReference } from '../name/reference';
import type { RegistryOptions } from '../registry/types';
import { openSources } from './open-sources';
import type { PullOptions } from './pull-request';
import { firstManifest } from './pull-reference';

/**
 * Whether a registry still has this image under a full name: one small request where it has the very manifest, else its manifest
 * is read; layers are not. Errors: as `pullImage`.
 */
export async function isCurrent(
  ctx: Context,
  name: string,
  { imageId, ...options }: { imageId: string; registry: RegistryOptions } & Pick<PullOptions, 'sourcesOf'>,
): Promise<boolean> {
  const reference = parseReference(name);
  const tag = reference.tag ?? 'latest';
  const sources = await openSources(ctx, reference, options);
  const entries = readImageIndex(storePaths(ctx)).filter((entry) => entry.imageId === imageId);
  const head = await sources[0]?.headManifest(tag).catch((error: unknown) => {
    // another place may have it; but who cannot be reached is not asked twice
    if (sources.length > 1) return undefined;
    throw error;
  });
  if (head && entries.some(({ digest, listDigest }) => [digest, listDigest].includes(head.digest)))
    return true;
  const platform = entries[0] === undefined ? {} : platformOf(ctx, entries[0]);
  const { chosen } = await firstManifest(ctx, sources, tag, { ...platform });
  return chosen.parsed.config.digest === `sha256:${imageId}`;
}

/** That of the image itself: a container may run one of another platform. */
function platformOf(
  ctx: Context,
  entry: Parameters<typeof readImageRecord>[1],
): Pick<PullOptions, 'platform'> {
  const { os, architecture, variant } = readImageRecord(storePaths(ctx), entry).config;
  return { platform: { os, architecture, ...(variant ? { variant } : {}) } };
}
