import { TspodError } from '../../lib/errors';
import { findRootfsPlace, readRootfsDirectory } from '../../container/rootfs/rootfs-view';
import type { RootfsEntry, RootfsView } from '../../container/rootfs/rootfs-view';
import { nameMatcher } from './name-pattern';
import type { IgnoreFilter } from '../request';

/** Where `COPY` and mounts take files from: a directory, or the root of a stage or an image. */
export interface SourceTree {
  view: RootfsView;
  /** Absent: nothing is left out. */
  ignore?: IgnoreFilter;
  /** Stands for the content of all of it; absent: files are looked at one by one. */
  identity?: string;
  /** For messages. */
  name: string;
  /** Whether it is a build context: the times of its files say when somebody has fetched them. */
  isContext?: boolean;
  /** Told of a socket, which is left out: it belongs to the process that listens on it. */
  onSocket?(path: string): void;
}

/** A file or directory that was named as a source. */
export interface Selected {
  /** From the top of the tree, no link among them. */
  names: string[];
  /** As it was named, without `./`: what `--parents` keeps. */
  named: string;
  entry: RootfsEntry;
}

/** Something below a source that is to be copied. */
export interface FoundFile {
  /** Names below the source; none: the source itself. */
  below: string[];
  entry: RootfsEntry;
}

/**
 * The files that a path with wildcards names, in the order of their names. Links are followed inside the tree, as in a
 * changed root. With `deep` the part `**` is any number of directories. Error `not-found`: none.
 */
export function selectSources(tree: SourceTree, pattern: string, { deep = false } = {}): Selected[] {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  const hasWildcard = parts.some((part) => /[*?[\\]/.test(part));
  const paths = hasWildcard ? expandPattern(tree, parts, deep) : [parts.join('/')];
  const selected = paths.flatMap((path) => {
    const { names, entry } = findRootfsPlace(tree.view, path);
    if (entry === undefined || isLeftOut(tree, names, entry)) return [];
    return [{ names, named: path, entry }];
  });
  if (selected.length > 0) return selected;
  const isThere = !hasWildcard && findRootfsPlace(tree.view, parts.join('/')).entry !== undefined;
  throw new TspodError('not-found', `"${pattern}": no such file or directory in ${tree.name}`, {
    ...(isThere ? { hint: 'it is there, but the ignore file leaves it out' } : {}),
  });
}

function isLeftOut({ ignore }: SourceTree, names: readonly string[], { stats }: RootfsEntry): boolean {
  if (ignore === undefined || ignore.isEmpty || names.length === 0) return false;
  const path = names.join('/');
  return ignore.ignores(path) && (!stats.isDirectory() || ignore.ignoresAllBelow(path));
}

function expandPattern(tree: SourceTree, parts: readonly string[], deep: boolean): string[] {
  let found = [''];
  for (const [at, part] of parts.entries()) {
    const isDeep = deep && part === '**';
    if (isDeep) found = [...new Set(found.flatMap((path) => directoriesFrom(tree, path)))];
    if (isDeep && at < parts.length - 1) continue;
    const matches = nameMatcher(isDeep ? '*' : part);
    found = found.flatMap((path) =>
      namesIn(tree, path)
        .filter(matches)
        .map((name) => join(path, name)),
    );
  }
  return deep ? found.filter((path) => !found.some((other) => path.startsWith(`${other}/`))) : found;
}

/** A directory and all below it; links are not followed. */
function directoriesFrom(tree: SourceTree, path: string): string[] {
  const { entry } = findRootfsPlace(tree.view, path === '' ? '/' : path, { last: 'keep' });
  if (!entry?.stats.isDirectory()) return [];
  return [path, ...namesIn(tree, path).flatMap((name) => directoriesFrom(tree, join(path, name)))];
}

function namesIn(tree: SourceTree, path: string): string[] {
  const { names, entry } = findRootfsPlace(tree.view, path === '' ? '/' : path);
  return entry?.stats.isDirectory() ? [...readRootfsDirectory(tree.view, names).keys()] : [];
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

/**
 * Everything of a source that is to be copied, directories before what is in them. `exclude` has patterns below the source. A
 * directory that is left out itself is there for files in it that are not.
 */
export function* walkSource(
  tree: SourceTree,
  selected: Selected,
  exclude?: IgnoreFilter,
): Generator<FoundFile> {
  if (!selected.entry.stats.isDirectory()) {
    yield { below: [], entry: selected.entry };
    return;
  }
  yield { below: [], entry: selected.entry };
  yield* walkBelow({ tree, top: selected.names, exclude }, []);
}

interface Walk {
  tree: SourceTree;
  top: string[];
  exclude: IgnoreFilter | undefined;
}

function* walkBelow(walk: Walk, below: string[]): Generator<FoundFile> {
  for (const [name, entry] of readRootfsDirectory(walk.tree.view, [...walk.top, ...below])) {
    const path = [...below, name];
    const isHidden = hides(walk.tree.ignore, [...walk.top, ...path]) || hides(walk.exclude, path);
    if (entry.stats.isSocket()) {
      if (!isHidden) walk.tree.onSocket?.([...walk.top, ...path].join('/'));
      continue;
    }
    if (!entry.stats.isDirectory()) {
      if (!isHidden) yield { below: path, entry };
      continue;
    }
    if (hidesAll(walk.tree.ignore, [...walk.top, ...path]) || hidesAll(walk.exclude, path)) continue;
    if (!isHidden) {
      yield { below: path, entry };
      yield* walkBelow(walk, path);
      continue;
    }
    const inside = [...walkBelow(walk, path)];
    if (inside.length > 0) yield* [{ below: path, entry }, ...inside];
  }
}

function hides(filter: IgnoreFilter | undefined, names: readonly string[]): boolean {
  return filter !== undefined && !filter.isEmpty && filter.ignores(names.join('/'));
}

function hidesAll(filter: IgnoreFilter | undefined, names: readonly string[]): boolean {
  return hides(filter, names) && (filter?.ignoresAllBelow(names.join('/')) ?? false);
}
