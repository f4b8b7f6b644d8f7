import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { verified } from '../../store/verified';
import { parseImageConfig } from '../format/image-config';
import type { ImageConfig } from '../format/image-config';
import { parseManifest } from '../format/manifest';
import type { ImageReference } from '../name/reference';
import type { RegistryOptions, RemoteManifest, Repository } from '../registry/types';

/** A manifest, and the repository that had it. */
export interface FoundManifest extends RemoteManifest {
  repository: Repository;
}

/** No configuration of an image is larger. Bytes. */
const largestConfig = 8 << 20;

/** The manifest of a full name, from the first place that has it. Errors: those of the last place. */
export async function fetchFirst(
  ctx: Context,
  reference: ImageReference,
  options: RegistryOptions,
): Promise<FoundManifest> {
  const { pullSources } = await import('../registry/endpoints');
  const wanted = reference.digest ?? reference.tag ?? 'latest';
  let last: unknown;
  for (const repository of pullSources(ctx, reference, options)) {
    try {
      return { ...(await repository.manifest(wanted)), repository };
    } catch (error) {
      last = error;
    }
  }
  throw (last as Error | undefined) ?? new TspodError('not-found', 'no registry to ask');
}

/** The configuration of an image; undefined of what is no image. Error `invalid`: it is not what its digest says. */
export async function fetchConfig({ bytes, repository }: FoundManifest): Promise<ImageConfig | undefined> {
  const manifest = parseManifest(bytes);
  if (
    !('config' in manifest) ||
    !/\.config\.v1\+json$|container\.image\.v1\+json$/.test(manifest.config.mediaType)
  )
    return undefined;
  const { digest, size } = manifest.config;
  if (size > largestConfig) throw new TspodError('invalid', `a configuration of ${size} bytes is too large`);
  const chunks: Buffer[] = [];
  const { stream } = await repository.blob(digest);
  for await (const chunk of verified(stream, { digest, size })) chunks.push(chunk);
  return parseImageConfig(Buffer.concat(chunks));
}
