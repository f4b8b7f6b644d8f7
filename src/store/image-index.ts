import { TspodError } from '../lib/errors';
import { readJsonFile, writeFileAtomic } from '../sys/file-io';
import { withFileLock } from '../sys/file-lock';
import { temporaryFile } from './open-store';
import type { StorePaths } from './store-paths';

/** A manifest in index.json under one name, or under none. One manifest may be listed under several names. */
export interface IndexEntry {
  mediaType: string;
  /** Of the manifest. */
  digest: string;
  size: number;
  /** The full name with its tag, `localhost/web:latest`. */
  name: string | undefined;
  /** Hexadecimal part of the config's digest; undefined when another tool has written the entry. */
  imageId: string | undefined;
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

const nameKey = 'org.opencontainers.image.ref.name';
const imageKey = 'io.tspod.image.id';

/** Reads the list of images, without a lock; a missing one is empty. Error `invalid`: it is not an OCI index. */
export function readImageIndex(store: StorePaths): IndexEntry[] {
  const parsed = readJsonFile(store.index) as { manifests?: unknown } | undefined;
  if (parsed === undefined) return [];
  if (!Array.isArray(parsed?.manifests)) {
    throw new TspodError('invalid', `reading "${store.index}": it is not an OCI image index`);
  }
  return (parsed.manifests as Descriptor[]).map(toEntry);
}

/**
 * Replaces the list of images by what `change` makes of it, under the lock on it; atomic and lasting.
 * An entry without a name stays only where its manifest has no named one, and no name stands twice (the first counts: the list begins with the newest).
 */
export function changeImageIndex(
  store: StorePaths,
  change: (entries: IndexEntry[]) => IndexEntry[],
): IndexEntry[] {
  return withFileLock(`${store.locks}/index`, () => {
    const before = readImageIndex(store);
    const after = tidy(change(before));
    const manifests = after.map(toDescriptor);
    const text = JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests,
    });
    writeFileAtomic(store.index, `${text}\n`, { temporary: temporaryFile(store) });
    return after;
  });
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

function toEntry({ mediaType, digest, size, annotations }: Descriptor): IndexEntry {
  return { mediaType, digest, size, name: annotations?.[nameKey], imageId: annotations?.[imageKey] };
}

function toDescriptor({ mediaType, digest, size, name, imageId }: IndexEntry): Descriptor {
  const annotations: Record<string, string> = {};
  if (name !== undefined) annotations[nameKey] = name;
  if (imageId !== undefined) annotations[imageKey] = imageId;
  return { mediaType, digest, size, annotations };
}
