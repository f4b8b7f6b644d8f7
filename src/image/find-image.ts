import { TspodError } from '../lib/errors';
import type { IndexEntry } from '../store/image-index';
import { dockerReference, formatReference, localReference, parseReference, repositoryOf } from './reference';
import type { ImageReference } from './reference';

/** What a text has led to, and whether it is the image's name or its id. */
export interface ImageMatch {
  entry: IndexEntry;
  by: 'name' | 'id';
}

/** The index entry of `matchImage` alone. */
export function findImage(entries: readonly IndexEntry[], text: string): IndexEntry | undefined {
  return matchImage(entries, text)?.entry;
}

/**
 * The index entry that a name or id leads to, found in Podman's order: full id, name, short name below `localhost/`,
 * of Docker Hub, at the end of any stored name, then the start of an id. Errors `usage`: the name is malformed, or the
 * start of an id fits several.
 */
export function matchImage(entries: readonly IndexEntry[], text: string): ImageMatch | undefined {
  const id = text.replace(/^sha256:/, '');
  const isId = /^[0-9a-f]{1,64}$/.test(id);
  const isFull = isId && id.length === 64;
  const byId = isFull ? entries.find((entry) => entry.imageId === id || hasDigest(entry, text)) : undefined;
  if (byId !== undefined) return { entry: byId, by: 'id' };
  const byName = isName(text) ? findByName(entries, parseReference(text)) : undefined;
  if (byName !== undefined) return { entry: byName, by: 'name' };
  const byPrefix = isId && id.length >= 2 ? findByPrefix(entries, id) : undefined;
  return byPrefix === undefined ? undefined : { entry: byPrefix, by: 'id' };
}

/** The full names that a reference may mean in this store, the likeliest first. */
export function candidateNames(reference: ImageReference): ImageReference[] {
  const local = localReference(reference);
  return reference.domain === undefined ? [local, dockerReference(reference)] : [local];
}

function isName(text: string): boolean {
  return !/^sha256:/.test(text) && !/^[0-9a-f]{64}$/.test(text);
}

function findByName(entries: readonly IndexEntry[], reference: ImageReference): IndexEntry | undefined {
  for (const candidate of candidateNames(reference)) {
    const found = entries.find((entry) => isSame(entry, candidate));
    if (found !== undefined) return found;
  }
  return reference.domain === undefined ? entries.find((entry) => endsWith(entry, reference)) : undefined;
}

function isSame(entry: IndexEntry, candidate: ImageReference): boolean {
  if (entry.name === undefined) return false;
  if (candidate.digest === undefined) return entry.name === formatReference(candidate);
  // a tag beside a digest says nothing more
  return (
    hasDigest(entry, candidate.digest) && repositoryOf(parseReference(entry.name)) === repositoryOf(candidate)
  );
}

function endsWith(entry: IndexEntry, reference: ImageReference): boolean {
  if (entry.name === undefined) return false;
  if (reference.digest !== undefined)
    return hasDigest(entry, reference.digest) && hasPath(entry.name, reference.path);
  return entry.name.endsWith(`/${reference.path}:${reference.tag ?? 'latest'}`);
}

function hasDigest(entry: IndexEntry, digest: string): boolean {
  return entry.digest === digest || entry.listDigest === digest;
}

function hasPath(name: string, path: string): boolean {
  return repositoryOf(parseReference(name)).endsWith(`/${path}`);
}

function findByPrefix(entries: readonly IndexEntry[], prefix: string): IndexEntry | undefined {
  const found = entries.filter((entry) => entry.imageId?.startsWith(prefix));
  const ids = new Set(found.map((entry) => entry.imageId));
  if (ids.size > 1)
    throw new TspodError('usage', `image id "${prefix}" is ambiguous: ${ids.size} images start with it`);
  return found[0];
}
