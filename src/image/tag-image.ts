import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { changeImageIndex, readImageIndex } from '../store/image-index';
import type { IndexEntry } from '../store/image-index';
import { storePaths } from '../store/store-paths';
import { imageNotKnown } from './ensure-image';
import { findImage } from './find-image';
import { formatReference, localReference, parseReference } from './reference';

/** Gives an image further names; another image that has one of them loses it. Errors: `not-found`, `usage`. */
export function tagImage(ctx: Context, image: string, names: readonly string[]): void {
  const full = names.map(fullName);
  requireImage(ctx, image);
  changeImageIndex(storePaths(ctx), (entries) => {
    const entry = findImage(entries, image);
    if (entry === undefined) throw imageNotKnown(image);
    return [...full.toReversed().map((name) => ({ ...entry, name })), ...entries];
  });
}

/** Takes names from an image, all when none is given; the image stays. Error `not-found`: it has no such name. */
export function untagImage(ctx: Context, image: string, names: readonly string[]): void {
  const full = names.map(fullName);
  requireImage(ctx, image);
  changeImageIndex(storePaths(ctx), (entries) => {
    const found = findImage(entries, image);
    if (found === undefined) throw imageNotKnown(image);
    const isOwn = (entry: IndexEntry): boolean => entry.imageId === found.imageId;
    const missing = full.find((name) => !entries.some((entry) => isOwn(entry) && entry.name === name));
    if (missing !== undefined) throw new TspodError('not-found', `${missing}: tag not known`);
    const isGone = ({ name }: IndexEntry): boolean =>
      name !== undefined && (full.length === 0 || full.includes(name));
    return entries.map((entry) => (isOwn(entry) && isGone(entry) ? { ...entry, name: undefined } : entry));
  });
}

/** Before the store is opened for writing: it may not even exist. */
function requireImage(ctx: Context, image: string): void {
  if (findImage(readImageIndex(storePaths(ctx)), image) === undefined) throw imageNotKnown(image);
}

function fullName(name: string): string {
  const reference = parseReference(name);
  if (reference.digest !== undefined) {
    throw new TspodError('usage', `image name "${name}": a name with a digest cannot be given to an image`);
  }
  return formatReference(localReference(reference));
}
