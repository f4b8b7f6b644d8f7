import { closeSync, existsSync, openSync, renameSync } from 'node:fs';
import { isErrno } from '../lib/errors';
import { syncDirectory } from '../sys/file-io';
import { syncFileSystem } from '../sys/special-files';
import { syncFiles } from '../sys/sync-files';
import { digestHex } from './digest';
import { blobPath, layerPath } from './store-paths';
import type { StorePaths } from './store-paths';

/** What has been staged: complete files and directories on the store's own file system. */
export interface StagedContent {
  blobs: { file: string; digest: string }[];
  layers: { directory: string; chainId: string }[];
  /** Files made from the blobs, and their places. */
  files?: { file: string; path: string }[];
}

/** One syncfs(2) costs a fraction of syncing more files than this one by one. */
const few = 32;

/**
 * Moves staged content into the store; when this returns it outlives a power loss. A layer that the store has already, or that
 * another process brings meanwhile, is left in the staging directory. The files `along` last then too, and stay where they are.
 */
export function publish(
  store: StorePaths,
  { blobs, layers, files = [] }: StagedContent,
  along: readonly string[] = [],
): void {
  const isNew = layers.filter(({ chainId }) => !isWhole(layerPath(store, digestHex(chainId))));
  const staged = [...blobs, ...files].map(({ file }) => file);
  syncStaged(store, [...staged, ...along, ...isNew.map(({ directory }) => directory)]);
  for (const { file, digest } of blobs) moveBlob(file, blobPath(store, digestHex(digest)));
  for (const { directory, chainId } of isNew) renameNew(directory, layerPath(store, digestHex(chainId)));
  for (const { file, path } of files) renameSync(file, path);
  // layers and files can be made anew from the blobs, the blobs from nothing
  syncDirectory(store.blobs);
}

/** Puts a staged layer in the place of the one with this chain id, which moves into the staging directory; lasting as `publish`. */
export function replaceLayer(store: StorePaths, directory: string, chainHex: string): void {
  syncStore(store);
  const to = layerPath(store, chainHex);
  try {
    renameSync(to, `${directory}-broken`);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  renameSync(directory, to);
  syncDirectory(store.layers);
}

function syncStaged(store: StorePaths, paths: readonly string[]): void {
  // a blob that several pulls share may be in its place already, or get there just now
  const staged = paths.filter((path) => existsSync(path));
  try {
    if (syncFiles(staged, few)) return;
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  syncStore(store);
}

function syncStore(store: StorePaths): void {
  const descriptor = openSync(store.root, 'r');
  try {
    syncFileSystem(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A file that several pulls share has been moved by the first of them. */
function moveBlob(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!isErrno(error, 'ENOENT') || !existsSync(to)) throw error;
  }
}

function renameNew(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    if (isWhole(to)) return;
    renameSync(to, `${from}-broken`);
    renameSync(from, to);
  }
}

/** A layer without its record is one that a repair has given up. */
function isWhole(layer: string): boolean {
  return existsSync(`${layer}/diff`) && existsSync(`${layer}/layer.json`);
}
