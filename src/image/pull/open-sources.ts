import type { Context } from '../../lib/context';
import type { ImageReference } from '../name/reference';
import type { Repository } from '../registry/types';
import type { PullOptions } from './pull-request';

/** The places that an image may come from, in order. Error `denied`: registries.conf blocks it. */
export async function openSources(
  ctx: Context,
  reference: ImageReference,
  { sourcesOf, registry }: Pick<PullOptions, 'sourcesOf' | 'registry'>,
): Promise<Repository[]> {
  if (sourcesOf !== undefined) return sourcesOf(ctx, reference, registry);
  // the modules of HTTP are slow to load
  const { pullSources } = await import('../registry/endpoints');
  return pullSources(ctx, reference, registry);
}
