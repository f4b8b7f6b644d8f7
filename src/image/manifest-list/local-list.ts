import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { randomId } from '../../lib/id';
import { digestHex, digestOf } from '../../store/digest';
import { changeImageIndex, readImageIndex } from '../../store/image-index';
import type { IndexEntry, ListState } from '../../store/image-index';
import { openStore, temporaryFile } from '../../store/open-store';
import { blobPath, storePaths } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { writeFileAtomic } from '../../sys/file-io';
import { lockContentShared } from '../remove/collect-garbage';
import { findImage } from '../find/find-image';
import { readBlob } from '../find/image-record';
import { givenName } from '../name/reference';
import { removeUnusedContent } from '../remove/remove-image';
import { listBytes, parseList, typed } from './list-content';
import type { ManifestList } from './list-content';

/** A list of manifests of the store. */
export interface LocalList {
  /** 64 hexadecimal digits; it stays when the content changes. */
  id: string;
  name: string | undefined;
  content: ManifestList;
  state: ListState;
}

/** A list by name or id. Errors: `not-found`, `usage` (it is an image). */
export function requireList(ctx: Context, name: string): LocalList {
  const store = storePaths(ctx);
  return toList(ctx, readImageIndex(store), name);
}

/** Whether the store has a list of this name or id. */
export function hasList(ctx: Context, name: string): boolean {
  return findImage(ctx, readImageIndex(storePaths(ctx)), name)?.list !== undefined;
}

/** Makes a list under a name. Error `exists`: the name is in use. */
export function addList(ctx: Context, name: string, list: Pick<LocalList, 'content' | 'state'>): string {
  const full = givenName(name);
  const store = openStore(ctx);
  const id = randomId();
  const lock = lockContentShared(store);
  try {
    changeImageIndex(store, (entries) => {
      const owner = entries.find((entry) => entry.name === full);
      if (owner !== undefined) throw nameInUse(full, owner);
      return [
        { ...writeContent(store, list.content), name: full, imageId: id, list: list.state },
        ...entries,
      ];
    });
  } finally {
    lock.release();
  }
  return id;
}

/** Replaces the content of a list, atomically, and returns its id. Errors: as of `requireList`, and those of `change`. */
export function changeList(
  ctx: Context,
  name: string,
  change: (list: LocalList) => Pick<LocalList, 'content' | 'state'>,
): string {
  requireList(ctx, name);
  const store = openStore(ctx);
  const lock = lockContentShared(store);
  let id = '';
  try {
    changeImageIndex(store, (entries) => {
      const list = toList(ctx, entries, name);
      ({ id } = list);
      const { content, state } = change(list);
      const written = writeContent(store, typed(content));
      return entries.map((entry) => (entry.imageId === id ? { ...entry, ...written, list: state } : entry));
    });
  } finally {
    lock.release();
  }
  removeUnusedContent(ctx);
  return id;
}

function toList(ctx: Context, entries: readonly IndexEntry[], name: string): LocalList {
  const entry = findImage(ctx, entries, name);
  if (entry === undefined) {
    throw new TspodError('not-found', `${name}: image not known`, {
      hint: `make the list with "tspod manifest create ${name}"`,
    });
  }
  if (entry.list === undefined) {
    throw new TspodError('usage', `${entry.name ?? name}: image is not a manifest list`, {
      hint: 'make a list with "tspod manifest create"',
    });
  }
  const content = parseList(readBlob(storePaths(ctx), entry.digest));
  return { id: entry.imageId, name: entry.name, content, state: entry.list };
}

function writeContent(
  store: StorePaths,
  content: ManifestList,
): Pick<IndexEntry, 'mediaType' | 'digest' | 'size'> {
  const bytes = listBytes(content);
  const digest = digestOf(bytes);
  writeFileAtomic(blobPath(store, digestHex(digest)), bytes, { temporary: temporaryFile(store) });
  return { mediaType: content.mediaType, digest, size: bytes.length };
}

function nameInUse(name: string, { imageId }: IndexEntry): TspodError {
  const message = `image name "${name}" is already associated with image "${imageId}": that name is already in use`;
  return new TspodError('exists', message, {
    hint: 'add to a list that is there with "tspod manifest add", or "tspod manifest create --amend"',
  });
}
