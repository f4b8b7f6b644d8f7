import { createHash } from 'node:crypto';
import { closeSync, fstatSync, lstatSync, openSync, readdirSync } from 'node:fs';
import { describeError, isErrno } from '../../lib/errors';
import { detectCompression } from '../compression';
import { decompress } from '../decompress';
import { readRange, readSmallRange } from '../file-range';
import { displayPath } from '../tar/entry';
import { createTarReader } from '../tar/tar-reader';
import { compareNode } from './compare-node';
import { openContentReader } from './content-reader';
import type { ContentReader } from './content-reader';
import { createExpectedTree } from './expected-tree';
import type { ExpectedNode, ExpectedTree } from './expected-tree';

/** A layer, where it lies, and what it came from. */
export interface LayerToCheck {
  /** Its directory. */
  diff: string;
  /** The file of its archive. */
  blob: string;
  /** Of the archive as it lies there. */
  digest: string;
  size: number;
  /** Of the uncompressed archive. */
  diffId: string;
  /** The directories of the layers below, from top to bottom. */
  lowers: readonly string[];
}

/** What came out. */
export interface LayerReport {
  /** Why the archive cannot be trusted: then nothing is said of the directory. */
  blob?: string;
  /** Each path that differs from the archive, and how. */
  differences: string[];
  /** Sum of the sizes of the files, as the archive has them. */
  size: number;
}

/** Compares a layer's directory with its archive, and the archive with its digests; needs all ids of the user. */
export async function checkLayer(layer: LayerToCheck, options: { quick: boolean }): Promise<LayerReport> {
  const tree = createExpectedTree(layer.lowers);
  let problem: string | undefined;
  try {
    problem = await readArchive(layer, tree, options.quick);
  } catch (error) {
    problem = `is damaged: ${describeError(error)}`;
  }
  if (problem !== undefined) return { blob: problem, differences: [], size: 0 };
  return { differences: compareTree(layer.diff, tree), size: sizeOf(tree) };
}

async function readArchive(
  layer: LayerToCheck,
  tree: ExpectedTree,
  quick: boolean,
): Promise<string | undefined> {
  const descriptor = openSync(layer.blob, 'r');
  const comparison = comparing(layer.diff, tree, quick);
  try {
    const { size } = fstatSync(descriptor);
    if (size !== layer.size) return `has ${size} bytes, expected ${layer.size}`;
    const range = { descriptor, offset: 0, size };
    const compression = detectCompression(readSmallRange({ ...range, size: Math.min(size, 8) }));
    const [blob, archive] = [createHash('sha256'), createHash('sha256')];
    const read = readRange(range, { reuse: false });
    const next = (): Buffer | undefined => {
      const chunk = read();
      if (chunk !== undefined && !quick && compression !== 'none') blob.update(chunk);
      return chunk;
    };
    const reader = createTarReader(comparison);
    for await (const chunk of decompress(compression, next)) {
      if (!quick) archive.update(chunk);
      reader.push(chunk);
    }
    while (next() !== undefined);
    reader.finish();
    if (quick) return undefined;
    const diffId = `sha256:${archive.digest('hex')}`;
    const digest = compression === 'none' ? diffId : `sha256:${blob.digest('hex')}`;
    if (digest !== layer.digest) return `has the digest ${digest}`;
    return diffId === layer.diffId ? undefined : `has the diff ID ${diffId}, expected ${layer.diffId}`;
  } finally {
    // of a damaged archive, in the middle of a file
    comparison.end();
    closeSync(descriptor);
  }
}

/** Learns the tree, and compares contents as they pass. */
function comparing(diff: string, tree: ExpectedTree, quick: boolean): Parameters<typeof createTarReader>[0] {
  let file: { node: ExpectedNode; reader: ContentReader | undefined } | undefined;
  return {
    entry(entry) {
      const added = tree.add(entry);
      if (added === undefined || quick || entry.size === 0) return;
      file = { node: added.node, reader: openContentReader(absolute(diff, added.path), entry) };
    },
    data: (chunk) => file?.reader?.take(chunk),
    end() {
      if (file?.reader?.isSame() === false) file.node.isAltered = true;
      file?.reader?.close();
      file = undefined;
    },
  };
}

function absolute(diff: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${diff}/`), Buffer.from(path, 'latin1')]);
}

function compareTree(diff: string, tree: ExpectedTree): string[] {
  const found: string[] = [];
  const first = new Map<ExpectedNode, string>();
  for (const [path, node] of tree.nodes.entries()) {
    const other = first.get(node);
    const differences = other === undefined ? compare(diff, path, node) : compareLink(diff, path, other);
    if (other === undefined) first.set(node, path);
    for (const difference of differences) found.push(`${shown(path)} ${difference}`);
    // what is below a directory that is gone would be told again and again
    if (path === '' && differences[0] === 'is missing') return found;
  }
  return [...found, ...findExtra(diff, '', tree)];
}

function compare(diff: string, path: string, node: ExpectedNode): string[] {
  const differences = compareNode(absolute(diff, path), node);
  return differences.length === 0 && node.isAltered === true ? ['has another content'] : differences;
}

/** The second name of a file: what the file is like was told of with the first. */
function compareLink(diff: string, path: string, other: string): string[] {
  const [inode, wanted] = [inodeOf(diff, path), inodeOf(diff, other)];
  if (inode === undefined) return ['is missing'];
  return inode === wanted || wanted === undefined ? [] : [`is no hard link to ${shown(other)}`];
}

function shown(path: string): string {
  return path === '' ? '/' : displayPath(`/${path}`).slice(1, -1);
}

function inodeOf(diff: string, path: string): number | undefined {
  return lstatSync(absolute(diff, path), { throwIfNoEntry: false })?.ino;
}

function findExtra(diff: string, directory: string, tree: ExpectedTree): string[] {
  const found: string[] = [];
  for (const entry of list(absolute(diff, directory))) {
    const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
    const node = tree.nodes.get(path);
    if (node?.kind === 'directory' && entry.isDirectory()) found.push(...findExtra(diff, path, tree));
    // an archive has no sockets: those of a committed container stay where they are
    else if (node === undefined && !entry.isSocket()) found.push(`${shown(path)} is not in the archive`);
  }
  return found;
}

function list(path: Buffer): { name: string; isDirectory(): boolean; isSocket(): boolean }[] {
  try {
    return readdirSync(path, { withFileTypes: true, encoding: 'latin1' });
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

function sizeOf(tree: ExpectedTree): number {
  let size = 0;
  const nodes = new Set([...tree.nodes.entries()].map(([, node]) => node));
  for (const node of nodes) if (node.kind === 'file') size += node.entry.size;
  return size;
}
