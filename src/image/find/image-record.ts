import { readFileSync, writeFileSync } from 'node:fs';
import { randomId } from '../../lib/id';
import { describeError, isErrno, TspodError } from '../../lib/errors';
import { writeFileAtomic } from '../../sys/file-io';
import { chainIdsOf, digestHex } from '../../store/digest';
import { isUnreadEntry } from '../../store/image-index';
import type { IndexEntry, ListState } from '../../store/image-index';
import { readLayerRecord } from '../../store/layer/layer-record';
import { blobPath } from '../../store/store-paths';
import { readStoredJson } from '../../store/stored-json';
import type { Unchecked } from '../../store/stored-json';
import type { StorePaths } from '../../store/store-paths';
import { parseImageConfig } from '../format/image-config';
import type { ImageConfig } from '../format/image-config';
import { layerSize } from '../list/layer-sizes';
import { parseManifest } from '../format/manifest';

/** What commands need of an image, in one small file made from its blobs; it may be deleted at any time. */
export interface ImageRecord {
  version: 1;
  /** Hexadecimal digest of the configuration. */
  id: string;
  config: ImageConfig;
  /** Of its layers, hexadecimal, from bottom to top. */
  chainIds: string[];
  /** Sum of the sizes of its layers, as `history` tells them, in bytes. */
  size: number;
}

/** The record of the image that an index entry leads to; made anew when its file is missing. Error `invalid`: so are its blobs. */
export function readImageRecord(store: StorePaths, entry: IndexEntry): ImageRecord {
  if (entry.list !== undefined) return listRecord(entry, entry.list);
  const id = isUnreadEntry(entry) ? configIdOf(store, entry) : entry.imageId;
  const found = readStoredJson<ImageRecord>(recordPath(store, id), (record) => isWhole(record, id));
  if (found?.version === 1) return found;
  const record = makeRecord(store, id);
  writeImageRecord(store, record);
  return record;
}

/** One of another version is made anew, whatever it holds. */
function isWhole({ version, id, config, chainIds, size }: Unchecked<ImageRecord>, wanted: string): boolean {
  const { rootfs } = (config ?? {}) as Unchecked<ImageConfig>;
  const { diff_ids: diffIds } = (rootfs ?? {}) as Unchecked<ImageConfig['rootfs']>;
  const isComplete = Array.isArray(diffIds) && Array.isArray(chainIds) && typeof size === 'number';
  return version !== 1 || (id === wanted && isComplete);
}

/** Keeps the record. */
export function writeImageRecord(store: StorePaths, record: ImageRecord): void {
  const temporary = `${store.tmp}/image-file-${randomId().slice(0, 16)}`;
  writeFileAtomic(recordPath(store, record.id), `${JSON.stringify(record)}\n`, { temporary });
}

/** Writes the record into a staging directory, for `publish` to put it into its place. */
export function stageImageRecord(
  store: StorePaths,
  directory: string,
  record: ImageRecord,
): { file: string; path: string } {
  const file = `${directory}/record-${record.id}`;
  writeFileSync(file, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  return { file, path: recordPath(store, record.id) };
}

/** The file of an image's record. */
export function recordPath(store: StorePaths, id: string): string {
  return `${store.images}/${id}.json`;
}

/** The bytes of a blob. Error `invalid`: the store has lost it, or it cannot be read. */
export function readBlob(store: StorePaths, digest: string): Buffer {
  try {
    return readFileSync(blobPath(store, digestHex(digest)));
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT'))
      throw new TspodError('invalid', `reading the blob ${digest}: ${describeError(cause)}`, { cause });
    throw new TspodError('invalid', `the store has lost the blob ${digest}`, {
      hint: 'remove the image with "tspod rmi --force" and load it again',
      cause,
    });
  }
}

/** Puts the record of an image together whose configuration and layers the store has. */
export function makeRecord(store: StorePaths, id: string): ImageRecord {
  const config = parseImageConfig(readBlob(store, `sha256:${id}`));
  const chain = chainIdsOf(config.rootfs.diff_ids);
  let size = 0;
  for (const chainId of chain) size += layerSize(readLayerRecord(store, chainId));
  return { version: 1, id, config, chainIds: chain.map(digestHex), size };
}

/** A list of manifests has neither configuration nor layers. */
function listRecord({ imageId, size }: IndexEntry, { created }: ListState): ImageRecord {
  const config = { created, architecture: '', os: '', rootfs: { type: 'layers', diff_ids: [] } };
  return { version: 1, id: imageId, config, chainIds: [], size };
}

function configIdOf(store: StorePaths, entry: IndexEntry): string {
  const manifest = parseManifest(readBlob(store, entry.digest));
  if ('config' in manifest) return digestHex(manifest.config.digest);
  throw new TspodError(
    'invalid',
    `${entry.digest} in the store's index.json is a list of manifests, not an image`,
  );
}
