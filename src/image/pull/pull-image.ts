import { checkPolicy } from '../../config/policy';
import type { Context } from '../../lib/context';
import { TspodError, describeError, wrapError } from '../../lib/errors';
import { readImageIndex } from '../../store/image-index';
import type { IndexEntry } from '../../store/image-index';
import { openStore } from '../../store/open-store';
import { storePaths } from '../../store/store-paths';
import { imageNotKnown } from '../ensure-image';
import { findImage } from '../find-image';
import { readImageRecord } from '../image-record';
import { fitsPlatform, platformName } from '../platform';
import { formatReference, parseReference } from '../reference';
import type { ImageReference } from '../reference';
import { pullSources } from '../registry/endpoints';
import { resolveShortName } from '../short-name';
import { isComplete } from './find-complete';
import { pullFrom } from './pull-from';
import type { PulledImage, PullOptions } from './pull-request';

/**
 * Brings an image into the store by its name, as the policy says: short names are resolved, mirrors are asked before
 * their registry, and the first that has the image gives it. Errors: `not-found`, `denied`, `network`, `invalid`,
 * `unsupported`, each with the reference and every place that was asked.
 */
export async function pullImage(ctx: Context, name: string, options: PullOptions): Promise<PulledImage> {
  const reference = parseReference(name);
  const local = findLocal(ctx, name, options);
  if (local !== undefined && options.policy === 'missing') return { id: local, isNew: false };
  if (options.policy === 'never') {
    if (local === undefined) throw imageNotKnown(name);
    return { id: local, isNew: false };
  }
  const { ask } = options;
  const resolved = await resolveShortName(ctx, reference, ask === undefined ? {} : { ask });
  if (resolved.description !== undefined)
    options.report({ kind: 'resolved', description: resolved.description });
  try {
    const image = await pullFirst(ctx, resolved.references, options);
    resolved.record();
    return image;
  } catch (error) {
    if (options.policy !== 'newer' || local === undefined) throw error;
    ctx.log('debug', `using the image that is here: ${describeError(error)}`);
    return { id: local, isNew: false };
  }
}

/** The image of the store under a name, complete and for the platform. */
function findLocal(ctx: Context, name: string, { platform }: PullOptions): string | undefined {
  const store = storePaths(ctx);
  const entry = findImage(readImageIndex(store), name);
  if (entry === undefined || !isComplete(store, entry)) return undefined;
  const { id, config } = readImageRecord(store, entry);
  return platform === undefined || fitsPlatform(config, platform) ? id : undefined;
}

async function pullFirst(
  ctx: Context,
  references: readonly ImageReference[],
  options: PullOptions,
): Promise<PulledImage> {
  const errors: TspodError[] = [];
  for (const reference of references) {
    try {
      return await pullReference(ctx, reference, options);
    } catch (error) {
      const wrapped = wrapError(`pulling ${formatReference(reference)}`, error);
      if (!isNextTried(wrapped)) throw wrapped;
      errors.push(wrapped);
    }
  }
  const [first] = errors;
  if (first === undefined || errors.length === 1) throw first;
  const list = errors.map(({ message }) => `  * ${message}`).join('\n');
  throw new TspodError(first.code, `${errors.length} registries were asked, none gave the image:\n${list}`);
}
