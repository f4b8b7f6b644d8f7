import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { removeTrees } from '../../runtime/tree';
import { changeImageIndex, readImageIndex } from '../../store/image-index';
import type { IndexEntry } from '../../store/image-index';
import { openStore } from '../../store/open-store';
import { storePaths } from '../../store/store-paths';
import { collectGarbage, containerUses } from './collect-garbage';
import { imageNotKnown } from '../find/ensure-image';
import { matchImage } from '../find/find-image';
import { recordEvent } from '../../store/events/record-event';

/** What was done to an image. */
export interface RemovedImage {
  /** Names that it lost. */
  untagged: string[];
  /** Its id when it is gone. */
  deleted: string | undefined;
}

/** How an image is removed. */
export interface RemoveOptions {
  /** Also where containers use it, or where it has several names and is named by its id. */
  force: boolean;
  /** Whether all names go, however the image was named. */
  wholeImage?: boolean;
  /** Removes containers; asked with `force` before their image goes. */
  removeContainers: (ids: string[]) => Promise<void>;
}

/**
 * Takes a name from an image, or, when that is its last one, or its id is given, removes it. What nothing needs any
 * more is removed by `removeUnusedContent`. Errors: `not-found` (exit status 1), `in-use` (2).
 */
export async function removeImage(ctx: Context, name: string, options: RemoveOptions): Promise<RemovedImage> {
  const store = storePaths(ctx);
  const entries = readImageIndex(store);
  const match = matchImage(ctx, entries, name);
  const found = match?.entry;
  if (found === undefined) throw imageNotKnown(name, 1);
  const names = namesOf(entries, found.imageId);
  if (names.length > 1 && match?.by === 'name' && !options.wholeImage)
    return dropNames(ctx, found.imageId, [found.name ?? '']);
  if (names.length > 1 && !options.force && !options.wholeImage) {
    const message = `unable to delete image "${found.imageId}" by ID with more than one tag (${names.join(', ')}): please force removal`;
    throw new TspodError('in-use', message, {
      hint: `use "tspod rmi --force ${name}", or remove the names one by one`,
    });
  }
  await freeFromContainers(ctx, found.imageId, options);
  // in one step: a list that is written is synced, too
  changeImageIndex(store, (all) => all.filter((entry) => entry.imageId !== found.imageId));
  noteUntagged(ctx, found.imageId, names);
  const named = match?.by === 'name' && found.name !== undefined ? { name: found.name } : {};
  recordEvent(ctx, { type: 'image', status: 'remove', id: found.imageId, ...named });
  return { untagged: names, deleted: found.imageId };
}

/** Removes blobs and layers that no image and no container needs; meant to be called once after the last `removeImage`. */
export function removeUnusedContent(ctx: Context): void {
  const unused = collectGarbage(openStore(ctx));
  if (unused.length > 0) removeTrees(ctx, unused);
}

function namesOf(entries: readonly IndexEntry[], id: string): string[] {
  return entries.flatMap((entry) => (entry.imageId === id && entry.name !== undefined ? [entry.name] : []));
}

function dropNames(ctx: Context, id: string, names: readonly string[]): RemovedImage {
  changeImageIndex(storePaths(ctx), (entries) =>
    entries.map((entry) =>
      entry.imageId === id && names.includes(entry.name ?? '') ? { ...entry, name: undefined } : entry,
    ),
  );
  noteUntagged(ctx, id, names);
  return { untagged: [...names], deleted: undefined };
}

function noteUntagged(ctx: Context, id: string, names: readonly string[]): void {
  for (const name of names) recordEvent(ctx, { type: 'image', status: 'untag', id, name });
}

async function freeFromContainers(ctx: Context, id: string, options: RemoveOptions): Promise<void> {
  const users = containerUses(storePaths(ctx)).filter((use) => use.imageId === id);
  if (users.length === 0) return;
  const ids = users.map((use) => use.id);
  if (options.force) return options.removeContainers(ids);
  const message = `image used by ${ids.join(', ')}: image is in use by a container: consider listing external containers and force-removing image`;
  const names = users.map((use) => (use.name === '' ? use.id.slice(0, 12) : use.name)).join(' ');
  throw new TspodError('in-use', message, {
    hint: `remove the containers with "tspod rm ${names}", or them and the image with "tspod rmi --force"`,
    exitCode: 2,
  });
}
