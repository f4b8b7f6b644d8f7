import { parentPath } from './entry-path';

/** Values by clean path; of each path the parent has to be there, too. */
export interface PathMap<V> {
  get(path: string): V | undefined;
  set(path: string, value: V): void;
  /** Takes a path and all below it away, in time that grows with what has been put there. */
  remove(path: string): void;
  /** All that are there. */
  entries(): Iterable<[path: string, value: V]>;
}

/** One that is taken away stays, empty: a Map in which one key comes and goes becomes slow. */
interface Place<V> {
  value: V | undefined;
  /** What has been put into it, as far as it is known (`isNoting`). */
  inside: Set<string> | undefined;
}

/** An empty one. What lies in which directory is noted from the first removal on: most archives have none. */
export function createPathMap<V extends NonNullable<unknown>>(): PathMap<V> {
  const places = new Map<string, Place<V>>();
  let isNoting = false;
  const note = (path: string): void => {
    const parent = path === '' ? undefined : places.get(parentPath(path));
    if (parent !== undefined) (parent.inside ??= new Set()).add(path);
  };
  return {
    get: (path) => places.get(path)?.value,
    set(path, value) {
      const place = places.get(path);
      const isThere = place?.value !== undefined;
      if (place === undefined) places.set(path, { value, inside: undefined });
      else place.value = value;
      if (isNoting && !isThere) note(path);
    },
    remove(path) {
      if (places.get(path)?.value === undefined) return;
      if (!isNoting) for (const each of places.keys()) note(each);
      isNoting = true;
      // grows while it is gone through
      const gone = [path];
      for (const each of gone) {
        const place = places.get(each);
        if (place?.value === undefined) continue;
        for (const below of place.inside ?? []) gone.push(below);
        place.value = place.inside = undefined;
      }
    },
    *entries() {
      for (const [path, { value }] of places) if (value !== undefined) yield [path, value];
    },
  };
}
