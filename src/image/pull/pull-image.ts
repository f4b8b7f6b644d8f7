import type { Context } from '../../lib/context';
import { TspodError, describeError, wrapError } from '../../lib/errors';
import { imageNotKnown } from '../find/ensure-image';
import { formatReference, parseReference } from '../name/reference';
import type { ImageReference } from '../name/reference';
import { resolveShortName } from '../name/short-name';
import { findLocal } from './find-local';
import { pullReference } from './pull-reference';
import type { PulledImage, PullOptions } from './pull-request';

/**
 * Brings an image into the store by its name, as the policy says: short names are resolved, mirrors are asked before
 * their registry, and the first that has the image gives it. Errors: `not-found`, `denied`, `network`, `invalid`,
 * `unsupported`, each with the reference and every place that was asked.
 */
export async function pullImage(ctx: Context, name: string, options: PullOptions): Promise<PulledImage> {
  const reference = parseReference(name);
  const { policy, ask, platform } = options;
  const local = policy === 'always' ? undefined : findLocal(ctx, name, platform);
  if (local !== undefined && policy !== 'newer') return { id: local, isNew: false };
  if (policy === 'never') throw imageNotKnown(name);
  try {
    const resolved = await resolveShortName(ctx, reference, ask === undefined ? {} : { ask });
    if (resolved.description !== undefined)
      options.report({ kind: 'resolved', description: resolved.description });
    const image = await pullFirst(ctx, resolved.references, options);
    resolved.record();
    return image;
  } catch (error) {
    if (local === undefined) throw error;
    ctx.log('debug', `using the image that is here: ${describeError(error)}`);
    return { id: local, isNew: false };
  }
}

/** The first of the names that leads to an image; a broken image or a full disk is no reason to try the next. */
async function pullFirst(
  ctx: Context,
  references: readonly ImageReference[],
  options: PullOptions,
): Promise<PulledImage> {
  const errors: TspodError[] = [];
  for (const reference of references) {
    const name = formatReference(reference);
    options.report({ kind: 'trying', name });
    try {
      return await pullReference(ctx, reference, { ...options, isOnly: references.length === 1 });
    } catch (error) {
      errors.push(wrapError(`pulling ${name}`, error));
    }
  }
  const [first] = errors;
  if (first === undefined) throw new TspodError('not-found', 'no registry to pull from');
  if (errors.length === 1) throw first;
  throw new TspodError(first.code, `${errors.length} errors occurred while pulling:`, {
    excerpt: errors.map(({ message }) => `  * ${message}`),
  });
}
