import type { Context } from '../../lib/context';
import { mkdirSync } from 'node:fs';
import { randomId } from '../../lib/id';
import { readJsonFile, writeFileAtomic } from '../../sys/file-io';
import { withFileLock } from '../../sys/file-lock';

/** By registry `host[:port]`, and digest: the paths of repositories that had the blob, the latest first. */
type Places = Record<string, Record<string, string[]>>;

/** More are forgotten, the oldest first; blobs of a registry, repositories of a blob. */
const limits = { blobs: 5000, repositories: 3 };

/** The paths of repositories of a registry that a blob was pushed to or pulled from, the latest first; may be outdated. */
export function placesOf(ctx: Context, registry: string): (digest: string) => readonly string[] {
  const known = readPlaces(ctx)[registry] ?? {};
  return (digest) => known[digest] ?? [];
}

/** Notes that a repository has these blobs. A cache that cannot be written is none. */
export function rememberBlobs(
  ctx: Context,
  place: { registry: string; path: string },
  digests: readonly string[],
): void {
  try {
    mkdirSync(ctx.paths.cache, { recursive: true, mode: 0o700 });
    withFileLock(`${file(ctx)}.lock`, () => addPlaces(ctx, place, digests));
  } catch (error) {
    ctx.log('debug', `noting where blobs are: ${(error as Error).message}`);
  }
}

/** Registry and path of a repository's name, `host[:port]/path`. */
export function placeOf(name: string): { registry: string; path: string } {
  const slash = name.indexOf('/');
  return { registry: name.slice(0, slash), path: name.slice(slash + 1) };
}

function addPlaces(
  ctx: Context,
  { registry, path }: { registry: string; path: string },
  digests: readonly string[],
): void {
  const all = readPlaces(ctx);
  const before = all[registry] ?? {};
  if (digests.every((digest) => before[digest]?.[0] === path)) return;
  const added = digests.map((digest): [string, string[]] => {
    const others = (before[digest] ?? []).filter((other) => other !== path);
    return [digest, [path, ...others].slice(0, limits.repositories)];
  });
  const isNew = new Set(digests);
  const kept = Object.entries(before).filter(([digest]) => !isNew.has(digest));
  all[registry] = Object.fromEntries([...kept, ...added].slice(-limits.blobs));
  writeFileAtomic(file(ctx), JSON.stringify(all), { temporary: `${file(ctx)}.${randomId().slice(0, 12)}` });
}

function readPlaces(ctx: Context): Places {
  try {
    const found = readJsonFile(file(ctx));
    return typeof found === 'object' && found !== null ? (found as Places) : {};
  } catch {
    // it is a cache
    return {};
  }
}

function file(ctx: Context): string {
  return `${ctx.paths.cache}/blob-places.json`;
}
