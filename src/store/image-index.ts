import { TspodError } from '../lib/errors';
import { readJsonFile, writeFileAtomic } from '../sys/file-io';
import { withFileLock } from '../sys/file-lock';
import { digestHex } from './digest';
import { mediaTypes } from './media-types';
import { temporaryFile } from './open-store';
import { listDirectory } from './staging';
import { blobPath } from './store-paths';
import type { StorePaths } from './store-paths';

/** A manifest in index.json under one name, or under none. One manifest may be listed under several names. */
export interface IndexEntry {
  mediaType: string;
  /** Of the manifest. */
  digest: string;
  size: number;
  /** The full name with its tag, `localhost/web:latest`. */
  name: string | undefined;
  /** Hexadecimal part of the config's digest; of the entry's own where the manifest of another tool's entry tells of none. */
  imageId: string;
  /** Of the list of manifests that it was chosen from when it was pulled: the name stands for that at the registry. */
  listDigest?: string;
  /** Of a list of manifests that was made here. */
  list?: ListState;
}

/** What is known of a list of manifests beside its content. */
export interface ListState {
  /** ISO 8601. */
  created: string;
  /** By digest of a manifest: the repository that has it, `docker://host/path`; absent: it is in the store. */
  sources: Record<string, string>;
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

const nameKey = 'org.opencontainers.image.ref.name';
const imageKey = 'io.tspod.image.id';
const listKey = 'io.tspod.image.list';
const listStateKey = 'io.tspod.list';

/**
 * Reads the list of images, without a lock; one that is missing in a store without images is empty. Error `invalid`: it
 * is not an OCI index, or is lost.
 */
export function readImageIndex(store: StorePaths): IndexEntry[] {
  const parsed = readIndexFile(store) as { manifests?: unknown } | undefined;
  if (parsed === undefined && listDirectory(store.images).length > 0)
    throw brokenIndex(store, 'it is missing, and there are images');
  if (parsed === undefined) return [];
  const manifests = parsed?.manifests;
  if (Array.isArray(manifests) && manifests.every(isDescriptor))
    return manifests.map((found) => toEntry(store, found));
  throw brokenIndex(store, 'it is not an OCI image index');
}

function isDescriptor(found: Partial<Descriptor> | null): found is Descriptor {
  if (typeof found?.digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(found.digest)) return false;
  const { annotations = {} } = found as { annotations?: unknown };
  if (typeof annotations !== 'object' || annotations === null) return false;
  return Object.values(annotations).every((value) => typeof value === 'string') && hasListState(found);
}

function hasListState({ annotations }: Partial<Descriptor>): boolean {
  const text = annotations?.[listStateKey];
  if (text === undefined) return true;
  try {
    const { created, sources } = (JSON.parse(text) ?? {}) as Partial<ListState>;
    return typeof created === 'string' && typeof sources === 'object' && sources !== null;
  } catch {
    return false;
  }
}

function readIndexFile(store: StorePaths): unknown {
  try {
    return readJsonFile(store.index);
  } catch (error) {
    if (!(error instanceof TspodError)) throw error;
    throw brokenIndex(store, error.message.replace(/^reading "[^"]*": /, ''));
  }
}

function brokenIndex(store: StorePaths, why: string): TspodError {
  return new TspodError('invalid', `reading "${store.index}": ${why}`, {
    hint: 'put it together again with "tspod system check --repair"',
  });
}

/**
 * Replaces the list of images by what `change` makes of it, under the lock on it; atomic and lasting.
 * `publish` puts what the list names into its place, and makes the new list, in a temporary file, last together with that.
 * An entry without a name stays only where its manifest has no named one, and no name stands twice (the first counts: the list begins with the newest).
 */
export function changeImageIndex(
  store: StorePaths,
  change: (entries: IndexEntry[]) => IndexEntry[],
  publish?: (list: string) => void,
): IndexEntry[] {
  return withFileLock(`${store.locks}/index`, () => {
    const after = tidy(change(readImageIndex(store)));
    writeIndex(store, after, publish);
    return after;
  });
}

/** Replaces a broken list of images, whatever is in it; under the lock on it. */
export function replaceImageIndex(store: StorePaths, entries: readonly IndexEntry[]): void {
  withFileLock(`${store.locks}/index`, () => writeIndex(store, tidy([...entries])));
}

function writeIndex(store: StorePaths, entries: readonly IndexEntry[], sync?: (list: string) => void): void {
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.oci.list,
    manifests: entries.map(toDescriptor),
  });
  writeFileAtomic(store.index, `${text}\n`, { temporary: temporaryFile(store), ...(sync && { sync }) });
}

function tidy(entries: IndexEntry[]): IndexEntry[] {
  const owners = new Map<string | undefined, IndexEntry>();
  for (const entry of entries.toReversed()) owners.set(entry.name, entry);
  const kept: IndexEntry[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    const isOwner = owners.get(entry.name) === entry;
    kept.push(isOwner ? entry : { ...entry, name: undefined });
    if (isOwner && entry.name !== undefined) seen.add(entry.digest);
  }
  return kept.filter((entry) => {
    if (entry.name !== undefined) return true;
    if (seen.has(entry.digest)) return false;
    seen.add(entry.digest);
    return true;
  });
}

function toEntry(store: StorePaths, { mediaType, digest, size, annotations }: Descriptor): IndexEntry {
  const listDigest = annotations?.[listKey];
  const imageId = annotations?.[imageKey] ?? configOf(store, digest) ?? digestHex(digest);
  return {
    ...{ mediaType, digest, size, name: annotations?.[nameKey], imageId },
    ...(listDigest === undefined ? {} : { listDigest }),
    ...listStateOf(annotations),
  };
}

/** What the manifest of another tool's entry names, where it is there and is one. */
function configOf(store: StorePaths, digest: string): string | undefined {
  try {
    const manifest = readJsonFile(blobPath(store, digestHex(digest)));
    const found = (manifest as { config?: { digest?: unknown } | null } | null | undefined)?.config?.digest;
    return typeof found === 'string' ? /^sha256:([0-9a-f]{64})$/.exec(found)?.[1] : undefined;
  } catch {
    // who needs it finds out, and says so
    return undefined;
  }
}

/** Whether nothing is known of the image but the digest of its entry. */
export function isUnreadEntry({ imageId, digest, list }: IndexEntry): boolean {
  return list === undefined && imageId === digestHex(digest);
}

function listStateOf(annotations: Record<string, string> | undefined): { list?: ListState } {
  const text = annotations?.[listStateKey];
  return text === undefined ? {} : { list: JSON.parse(text) as ListState };
}

function toDescriptor(entry: IndexEntry): Descriptor {
  const { mediaType, digest, size, name, imageId, listDigest, list } = entry;
  const annotations: Record<string, string> = {};
  if (name !== undefined) annotations[nameKey] = name;
  if (!isUnreadEntry(entry)) annotations[imageKey] = imageId;
  if (listDigest !== undefined) annotations[listKey] = listDigest;
  if (list !== undefined) annotations[listStateKey] = JSON.stringify(list);
  return { mediaType, digest, size, annotations };
}
