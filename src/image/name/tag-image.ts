import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { changeImageIndex, readImageIndex } from '../../store/image-index';
import type { IndexEntry } from '../../store/image-index';
import { storePaths } from '../../store/store-paths';
import { imageNotKnown } from '../find/ensure-image';
import { findImage } from '../find/find-image';
import { givenName } from './reference';
import { recordEvent } from '../../store/events/record-event';

/** Gives an image further names; another image that has one of them loses it. Errors: `not-found`, `usage`. */
export function tagImage(ctx: Context, image: string, names: readonly string[]): void {
  const full = names.map(givenName);
  requireImage(ctx, image);
  let id: string | undefined;
  changeImageIndex(storePaths(ctx), (entries) => {
    const entry = findImage(ctx, entries, image);
    if (entry === undefined) throw imageNotKnown(image);
    id = entry.imageId;
    return [...full.toReversed().map((name) => ({ ...entry, name })), ...entries];
  });
  for (const name of names) recordEvent(ctx, { type: 'image', status: 'tag', ...named(id, name) });
}

/** Takes names from an image, all when none is given; the image stays. Error `not-found`: it has no such name. */
export function untagImage(ctx: Context, image: string, names: readonly string[]): void {
  const full = names.map(givenName);
  requireImage(ctx, image);
  const gone: string[] = [];
  let id: string | undefined;
  changeImageIndex(storePaths(ctx), (entries) => {
    const found = findImage(ctx, entries, image);
    if (found === undefined) throw imageNotKnown(image);
    const isOwn = (entry: IndexEntry): boolean => entry.imageId === found.imageId;
    const missing = full.find((name) => !entries.some((entry) => isOwn(entry) && entry.name === name));
    if (missing !== undefined) throw new TspodError('not-found', `${missing}: tag not known`);
    const isGone = ({ name }: IndexEntry): boolean =>
      name !== undefined && (full.length === 0 || full.includes(name));
    id = found.imageId;
    gone.splice(0, Infinity, ...entries.flatMap((entry) => lostName(entry, isOwn(entry) && isGone(entry))));
    return entries.map((entry) => (isOwn(entry) && isGone(entry) ? { ...entry, name: undefined } : entry));
  });
  for (const name of gone) recordEvent(ctx, { type: 'image', status: 'untag', ...named(id, name) });
}

function lostName({ name }: IndexEntry, isLost: boolean): string[] {
  return isLost && name !== undefined ? [name] : [];
}

function named(id: string | undefined, name: string): { id?: string; name: string } {
  return id === undefined ? { name } : { id, name };
}

/** Before the store is opened for writing: it may not even exist. */
function requireImage(ctx: Context, image: string): void {
  if (findImage(ctx, readImageIndex(storePaths(ctx)), image) === undefined) throw imageNotKnown(image);
}
