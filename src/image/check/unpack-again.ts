import { closeSync, fstatSync, openSync } from 'node:fs';
import { digestHex } from '../../store/digest';
import { addLayer, describeLayer } from '../../store/layer/add-layer';
import type { FileMaker } from '../../store/layer/file-maker';
import type { LayerBlob } from '../../store/layer/layer-record';
import { replaceLayer } from '../../store/publish';
import { openStaging } from '../../store/staging';
import { blobPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';

/** A layer, and the archive in the store from which it is to be made. */
export interface LayerSource {
  chainId: string;
  parent: string | undefined;
  diffId: string;
  blob: LayerBlob;
  /** The directories of the layers below, from top to bottom. */
  lowers: readonly string[];
  /** Makes its files; closed here. */
  openFiles: () => FileMaker;
  warn: (message: string) => void;
}

/** Makes the directory of a layer anew, verified, and puts it in the place of the one that is there. Needs all ids of the user. */
export async function unpackAgain(store: StorePaths, source: LayerSource): Promise<void> {
  const { chainId, parent, diffId, blob, lowers, warn } = source;
  const hex = digestHex(chainId);
  const descriptor = openSync(blobPath(store, digestHex(blob.digest)), 'r');
  const staging = openStaging(store);
  const files = source.openFiles();
  try {
    const range = { descriptor, offset: 0, size: fstatSync(descriptor).size };
    const staged = await addLayer(staging, hex, { range, expected: blob, diffId, lowers, files, warn });
    describeLayer(staged, chainId, parent);
    replaceLayer(store, staged.directory, hex);
  } finally {
    closeSync(descriptor);
    files.close();
    staging.remove();
  }
}
