import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { IndexEntry } from '../../store/image-index';
import { localCandidates } from './local-candidates';
import { formatReference, parseReference, repositoryOf } from '../name/reference';
import type { ImageReference } from '../name/reference';

/** What a text has led to, and whether it is the image's name or its id. */
export interface ImageMatch {
  entry: IndexEntry;
  by: 'name' | 'id';
}

/** The index entry of `matchImage` alone. */
export function findImage(
  ctx: Context,
  entries: readonly IndexEntry[],
  text: string,
): IndexEntry | undefined {
  return matchImage(ctx, entries, text)?.entry;
}

/**
 * The index entry that a name or id leads to, found in Podman's order: full id, name, what a short name may stand for
 * (`localCandidates`), the start of an id, the end of any stored name. Errors `usage`: the name is malformed, or the start
 * of an id fits several; `invalid`: registries.conf is broken.
 */
export function matchImage(
  ctx: Context,
  entries: readonly IndexEntry[],
  text: string,
): ImageMatch | undefined {
  const id = text.replace(/^sha256:/, '');
  const isId = /^[0-9a-f]{1,64}$/.test(id);
  const isFull = isId && id.length === 64;
  const byId = isFull ? entries.find((entry) => entry.imageId === id || hasDigest(entry, text)) : undefined;
  if (byId !== undefined) return { entry: byId, by: 'id' };
  const reference = isName(text) ? parseReference(text) : undefined;
  const byName = reference && findByName(ctx, entries, reference);
  if (byName !== undefined) return { entry: byName, by: 'name' };
  const byPrefix = isId && id.length >= 2 ? findByPrefix(entries, id) : undefined;
  if (byPrefix !== undefined) return { entry: byPrefix, by: 'id' };
  const isShort = reference !== undefined && reference.domain === undefined;
  const byEnd = isShort ? (findByText(entries, text) ?? findByEnd(entries, reference)) : undefined;
  return byEnd && { entry: byEnd, by: 'name' };
}

function isName(text: string): boolean {
  return !/^sha256:/.test(text) && !/^[0-9a-f]{64}$/.test(text);
}

function findByName(
  ctx: Context,
  entries: readonly IndexEntry[],
  reference: ImageReference,
): IndexEntry | undefined {
  for (const candidate of localCandidates(ctx, entries, reference)) {
    const found = entries.find((entry) => isSame(entry, candidate));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Other tools give names that are not full ones. */
function findByText(entries: readonly IndexEntry[], text: string): IndexEntry | undefined {
  return entries.find(({ name }) => name === text);
}

function findByEnd(entries: readonly IndexEntry[], reference: ImageReference): IndexEntry | undefined {
  return entries.find((entry) => endsWith(entry, reference));
}

function isSame(entry: IndexEntry, candidate: ImageReference): boolean {
  if (entry.name === undefined) return false;
  if (candidate.digest === undefined) return entry.name === formatReference(candidate);
  // a tag beside a digest says nothing more
  return hasDigest(entry, candidate.digest) && repositoryIn(entry.name) === repositoryOf(candidate);
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
  return repositoryIn(name).endsWith(`/${path}`);
}

/** Of a stored name, which may be none of ours; of such a one that name itself. */
function repositoryIn(name: string): string {
  try {
    return repositoryOf(parseReference(name));
  } catch {
    return name;
  }
}

function findByPrefix(entries: readonly IndexEntry[], prefix: string): IndexEntry | undefined {
  const found = entries.filter((entry) => entry.imageId.startsWith(prefix));
  const ids = new Set(found.map((entry) => entry.imageId));
  if (ids.size > 1)
    throw new TspodError('usage', `image id "${prefix}" is ambiguous: ${ids.size} images start with it`);
  return found[0];
}
