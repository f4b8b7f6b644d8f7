import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { buildCachePaths } from '../../store/build-cache-paths';
import { digestHex, digestOf } from '../../store/digest';
import { lockFile } from '../../sys/file-lock';
import type { FileLock } from '../../sys/file-lock';
import type { Build } from '../engine/build';
import type { CacheMount } from '../language/run-mount';

type Sharing = CacheMount['sharing'];

/** A cache that a `RUN` mounts, perhaps at several places. */
export interface WantedCache {
  id: string;
  sharing: Sharing;
}

/**
 * The directories of the caches of one `RUN`, by id; they may not be there yet. `locked` waits for other builds, `private`
 * takes another directory, `shared` looks at nobody; of a cache that is wanted twice the strictest holds. Locks are taken in
 * one order by all builds, so that none waits for another that waits for it.
 */
export async function takeCaches(
  { store, signal }: Pick<Build, 'store' | 'signal'>,
  wanted: readonly WantedCache[],
  undo: (() => void)[],
): Promise<Map<string, string>> {
  const { mounts } = buildCachePaths(store);
  const taken = new Map<string, string>();
  for (const [id, sharing] of strictest(wanted)) {
    mkdirSync(mounts, { recursive: true, mode: 0o700 });
    const { path, lock } = await takeCache(`${mounts}/${nameOf(id)}`, sharing, signal);
    undo.push(() => lock?.release());
    taken.set(id, path);
  }
  return taken;
}

/** Makes the directory of a cache when it is not there: `fill` may put files into it. */
export async function makeCache(
  { id, mode, uid, gid }: Pick<CacheMount, 'mode' | 'uid' | 'gid'> & { id: string },
  path: string,
  fill: () => Promise<void>,
): Promise<void> {
  if (mkdirSync(path, { recursive: true, mode: 0o755 }) === undefined) return;
  await fill();
  chmodSync(path, mode ?? 0o755);
  chownSync(path, uid ?? 0, gid ?? 0);
  writeFileSync(`${path.replace(/-\d+$/, '')}.id`, `${id}\n`, { mode: 0o600 });
}

const STRICTNESS: readonly Sharing[] = ['shared', 'private', 'locked'];

function strictest(wanted: readonly WantedCache[]): [string, Sharing][] {
  const found = new Map<string, Sharing>();
  for (const { id, sharing } of wanted) {
    const before = found.get(id) ?? 'shared';
    found.set(id, STRICTNESS.indexOf(sharing) > STRICTNESS.indexOf(before) ? sharing : before);
  }
  return [...found].sort(([a], [b]) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function nameOf(id: string): string {
  return digestHex(digestOf(id)).slice(0, 32);
}

/** Error: why the build was aborted while it waited. */
async function takeCache(
  base: string,
  sharing: Sharing,
  signal: AbortSignal,
): Promise<{ path: string; lock: FileLock | undefined }> {
  if (sharing === 'shared') return { path: base, lock: undefined };
  for (let number = 0; ; number++) {
    const path = number === 0 || sharing === 'locked' ? base : `${base}-${number}`;
    const lock = lockFile(`${path}.lock`, { wait: false });
    if (lock !== undefined) return { path, lock };
    if (sharing === 'locked') await new Promise((resume) => setTimeout(resume, 50));
    signal.throwIfAborted();
  }
}
