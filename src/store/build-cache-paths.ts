import type { StorePaths } from './store-paths';

/** Where builds keep what the next ones may need. All of it may be deleted. */
export interface BuildCachePaths {
  root: string;
  /** KEY.json: what a step has come to. */
  steps: string;
  /** Directories of `RUN --mount=type=cache`. */
  mounts: string;
  /** Digests of the files of contexts. */
  files: string;
}

/** Touches nothing. */
export function buildCachePaths(store: Pick<StorePaths, 'root'>): BuildCachePaths {
  const root = `${store.root}/build-cache`;
  return { root, steps: `${root}/steps`, mounts: `${root}/mounts`, files: `${root}/files` };
}
