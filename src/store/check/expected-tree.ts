import { baseName, cleanEntryPath, parentPath } from '../layer/entry-path';
import { implicitDirectory } from '../layer/implicit-directory';
import { createPathMap } from '../layer/path-map';
import type { PathMap } from '../layer/path-map';
import type { TarEntry } from '../tar/entry';

/** What a layer's directory has to hold at one path. Hard links to one file share one node. */
export interface ExpectedNode {
  kind: 'directory' | 'file' | 'symlink' | 'fifo' | 'whiteout';
  entry: TarEntry;
  /** Whether it hides what lower layers have there; of directories. */
  opaque: boolean;
  /** Whether the archive does not name it: it is there because something lies below it. */
  implicit: boolean;
  /** Set when the file's bytes turned out to be others. */
  isAltered?: boolean;
}

/** What an unpacked layer looks like, learned from the members of its archive in their order. */
export interface ExpectedTree {
  /** By clean path, one byte per character; the root is the empty path. */
  nodes: Pick<PathMap<ExpectedNode>, 'get' | 'entries'>;
  /** Takes the next member in; returns its node when it is a file whose data follow. */
  add(entry: TarEntry): { path: string; node: ExpectedNode } | undefined;
}

/** An empty tree; `lowers` are the directories of the layers below, from top to bottom. The rules are the unpacker's. */
export function createExpectedTree(lowers: readonly string[]): ExpectedTree {
  const nodes = createPathMap<ExpectedNode>();
  const implied = (path: string): TarEntry => implicitDirectory(path, lowers);
  nodes.set('', { kind: 'directory', entry: implied(''), opaque: false, implicit: true });

  function ensureParents(path: string): void {
    const parent = parentPath(path);
    const found = nodes.get(parent);
    if (found?.kind === 'directory') return;
    ensureParents(parent);
    const opaque = found?.kind === 'whiteout';
    nodes.set(parent, { kind: 'directory', entry: implied(parent), opaque, implicit: true });
  }

  function addDirectory(path: string, entry: TarEntry): void {
    const found = nodes.get(path);
    const opaque = found?.kind === 'whiteout' || found?.opaque === true;
    if (found?.kind !== 'directory') nodes.remove(path);
    nodes.set(path, { kind: 'directory', entry, opaque, implicit: false });
  }

  function hide(path: string, name: string, entry: TarEntry): void {
    const parent = parentPath(path);
    if (name.startsWith('.wh..wh.')) {
      const directory = nodes.get(parent);
      if (name === '.wh..wh..opq' && directory !== undefined) directory.opaque = true;
      return;
    }
    const hidden = `${parent === '' ? '' : `${parent}/`}${name.slice('.wh.'.length)}`;
    const found = nodes.get(hidden);
    if (found?.kind === 'directory') found.opaque = true;
    else if (found === undefined)
      nodes.set(hidden, { kind: 'whiteout', entry, opaque: false, implicit: false });
  }

  function addLink(path: string, entry: TarEntry): void {
    const source = cleanEntryPath(entry.linkPath);
    const found = nodes.get(source);
    if (found === undefined || source === path) return;
    nodes.remove(path);
    nodes.set(path, found);
  }

  return {
    nodes,
    add(entry) {
      const path = cleanEntryPath(entry.path);
      if (path === '' && entry.type !== 'directory') return undefined;
      if (path !== '') ensureParents(path);
      const name = baseName(path);
      if (name.startsWith('.wh.')) hide(path, name, entry);
      else if (entry.type === 'directory') addDirectory(path, entry);
      else if (entry.type === 'hard-link') addLink(path, entry);
      else if (entry.type === 'file' || entry.type === 'symlink' || entry.type === 'fifo') {
        nodes.remove(path);
        const node: ExpectedNode = { kind: entry.type, entry, opaque: false, implicit: false };
        nodes.set(path, node);
        return entry.type === 'file' ? { path, node } : undefined;
      }
      // devices are left out: every container gets the usual ones
      return undefined;
    },
  };
}
