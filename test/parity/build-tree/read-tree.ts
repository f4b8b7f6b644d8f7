import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { TarEntry } from '../../../src/store/tar/entry';
import { createTarReader } from '../../../src/store/tar/tar-reader';

/** A file of an image: all that an archive says of it. */
export interface TreeFile {
  type: string;
  mode: string;
  owner: string;
  /** SHA-256 of a file's content, the target of a symbolic link, the numbers of a device. */
  content: string;
  xattrs: string;
  /** All paths of a file with several, sorted. */
  links: string;
  /** Seconds since 1970. */
  modified: number;
}

/** Files by path. */
export type Tree = Map<string, TreeFile>;

/** Reads an uncompressed archive. */
export function readTree(archive: Buffer): Tree {
  const tree: Tree = new Map();
  const names = new Map<string, string[]>();
  let open: { path: string; hash: Hash } | undefined;
  const reader = createTarReader({
    entry(entry) {
      const path = cleanPath(entry.path);
      if (entry.type === 'hard-link') {
        const first = cleanPath(entry.linkPath);
        const group = names.get(first) ?? [first];
        for (const each of [first, path]) names.set(each, group);
        group.push(path);
        return;
      }
      tree.set(path, fileOf(entry));
      open = entry.type === 'file' ? { path, hash: createHash('sha256') } : undefined;
    },
    data: (chunk) => void open?.hash.update(chunk),
    end() {
      const file = open && tree.get(open.path);
      if (file && open) file.content = open.hash.digest('hex').slice(0, 16);
      open = undefined;
    },
  });
  reader.push(archive);
  reader.finish();
  for (const [path, group] of names) {
    const file = tree.get(group[0] ?? '');
    if (file) tree.set(path, { ...file, links: [...group].sort().join(' ') });
  }
  return tree;
}

function cleanPath(path: string): string {
  return path.replace(/^(\.?\/)+/, '').replace(/\/$/, '');
}

function fileOf({ type, mode, uid, gid, linkPath, major, minor, xattrs, mtime }: TarEntry): TreeFile {
  const content = type === 'symlink' ? linkPath : type.endsWith('device') ? `${major}:${minor}` : '';
  return {
    type,
    mode: mode.toString(8),
    owner: `${uid}:${gid}`,
    content,
    xattrs: [...xattrs]
      .map(([name, value]) => `${name}=${value.toString('hex')}`)
      .sort()
      .join(' '),
    links: '',
    modified: mtime.seconds,
  };
}
