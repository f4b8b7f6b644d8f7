import { readFileSync, statSync } from 'node:fs';
import { digestHex, digestOf } from '../../store/digest';
import type { IndexEntry } from '../../store/image-index';
import { hasBlob } from '../../store/layer/layer-record';
import { listDirectory } from '../../store/staging';
import { blobPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { manifestType, parseManifest } from '../format/manifest';
import type { Manifest } from '../format/manifest';

/** A name that something else than the list of images remembers. */
export interface RememberedName {
  name: string;
  /** Of the manifest. */
  digest: string;
}

/** Larger blobs are no manifests. Bytes. */
const largest = 4 << 20;

/**
 * What the list of images may have been, from the manifests among the blobs; names from what can still be read of the
 * broken file, and from `remembered`.
 */
export function recoverIndex(store: StorePaths, remembered: readonly RememberedName[]): IndexEntry[] {
  const names = [...namesInText(readText(store.index)), ...remembered];
  return listDirectory(store.blobs).flatMap((hex) => {
    const found = readManifest(store, hex);
    if (found === undefined) return [];
    const { manifest, size } = found;
    const entry: IndexEntry = {
      mediaType: manifest.mediaType ?? manifestType,
      digest: `sha256:${hex}`,
      size,
      name: undefined,
      imageId: digestHex(manifest.config.digest),
    };
    const own = new Set(names.flatMap(({ name, digest }) => (digest === entry.digest ? [name] : [])));
    return own.size === 0 ? [entry] : [...own].map((name) => ({ ...entry, name }));
  });
}

function readManifest(store: StorePaths, hex: string): { manifest: Manifest; size: number } | undefined {
  const path = blobPath(store, hex);
  if (statSync(path).size > largest) return undefined;
  const data = readFileSync(path);
  if (data[0] !== 0x7b || digestOf(data) !== `sha256:${hex}`) return undefined;
  try {
    const manifest = parseManifest(data);
    if (!('config' in manifest) || !hasBlob(store, manifest.config.digest)) return undefined;
    return { manifest, size: data.length };
  } catch {
    return undefined;
  }
}

const ENTRY =
  /"digest":\s*"(sha256:[0-9a-f]{64})"[^{}]*"annotations":\s*\{[^{}]*"org\.opencontainers\.image\.ref\.name":\s*"([^"\\]+)"/g;

function namesInText(text: string): RememberedName[] {
  return [...text.matchAll(ENTRY)].map(([, digest = '', name = '']) => ({ digest, name }));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
