import { closeSync, existsSync, fstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import type { LayerSoFar } from '../../image/add/commit-image';
import type { ImageConfig } from '../../image/format/image-config';
import { openFileMaker } from '../../image/add/open-file-maker';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { writeTree } from '../../runtime/layer-tree';
import type { LayerMaker } from '../../runtime/make-layer';
import { chainIdsOf, digestHex } from '../../store/digest';
import { digestOfFile } from '../../store/digest-of-file';
import { addLayer, describeLayer } from '../../store/layer/add-layer';
import type { StagedLayer } from '../../store/layer/add-layer';
import { readLayerRecord } from '../../store/layer/layer-record';
import type { LayerBlob } from '../../store/layer/layer-record';
import type { Staging } from '../../store/staging';
import { blobPath, layerPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { mediaTypes } from '../../store/media-types';
import { containerLayers, writtenLayer } from '../changes/container-layers';
import { newSha256 } from '../../sys/sha256';
import type { ContainerRecord } from '../record';

/** The layers of the container's image, from bottom to top. Error `not-found`: the image has been removed. */
export function baseLayers(
  store: StorePaths,
  record: ContainerRecord,
  image: ImageConfig | undefined,
): LayerSoFar[] {
  return chainIdsOf(image?.rootfs.diff_ids ?? fail(record)).map((chainId) => {
    const directory = layerPath(store, digestHex(chainId));
    const found = readLayerRecord(store, chainId) ?? fail(record);
    return { chainId, diff: `${directory}/diff`, record: found, staged: undefined };
  });
}

function fail(record: ContainerRecord): never {
  throw new TspodError('not-found', `its image ${record.imageName || record.imageId} is not there any more`, {
    hint: 'make an image of one layer: --squash',
  });
}

/** Begins to make a staged layer of what the container has written; the result waits for it, unless the store has one like it. */
export function beginNewLayer(
  ctx: Context,
  { store, staging, maker }: { store: StorePaths; staging: Staging; maker: LayerMaker },
  record: ContainerRecord,
): (below: readonly LayerSoFar[]) => LayerSoFar {
  const directory = `${staging.path}/layer-commit`;
  const blobFile = `${staging.path}/blob-commit`;
  mkdirSync(directory, { mode: 0o700 });
  const upper = writtenLayer(ctx, record);
  maker.begin(upper, { target: `${directory}/diff`, archive: blobFile });
  // its functions are looked up while the helper works
  const hash = newSha256();
  return (below) => {
    const { size, leftOut } = maker.made();
    for (const line of leftOut) ctx.log('warn', line);
    const diffId = digestOfFile(blobFile, hash);
    const mediaType = mediaTypes.oci.layers.none;
    const blob = { mediaType, digest: diffId, size: statSync(blobFile).size };
    const parent = below.at(-1)?.chainId;
    const same = storedLayer(store, chainOn(parent, diffId), blob);
    if (same === undefined) return placed({ directory, blobFile, diffId, size, blob }, parent);
    maker.drop();
    return same;
  };
}

/** The layer of a chain, with just this archive, if the store has both. */
function storedLayer(store: StorePaths, chainId: string, blob: LayerBlob): LayerSoFar | undefined {
  const record = readLayerRecord(store, chainId);
  const diff = `${layerPath(store, digestHex(chainId))}/diff`;
  if (record?.blob.digest !== blob.digest || !existsSync(diff)) return undefined;
  const kept = statSync(blobPath(store, digestHex(blob.digest)), { throwIfNoEntry: false });
  return kept?.size === blob.size ? { chainId, diff, record, staged: undefined } : undefined;
}

/** The container's whole root file system as one staged layer. Needs all ids of the user. */
export async function mergedLayer(
  ctx: Context,
  staging: Staging,
  record: ContainerRecord,
): Promise<LayerSoFar> {
  const archive = `${staging.path}/merged.tar`;
  const leftOut = writeTree(ctx, containerLayers(ctx, record), archive, { isImage: true });
  for (const line of leftOut) ctx.log('warn', line);
  const descriptor = openSync(archive, 'r');
  const files = openFileMaker(ctx);
  try {
    const range = { descriptor, offset: 0, size: fstatSync(descriptor).size };
    const warn = (message: string): void => ctx.log('warn', message);
    return placed(await addLayer(staging, 'squash', { range, lowers: [], files, warn }), undefined);
  } finally {
    files.close();
    closeSync(descriptor);
  }
}

function placed(staged: StagedLayer, parent: string | undefined): LayerSoFar {
  const chain = chainOn(parent, staged.diffId);
  const record = describeLayer(staged, chain, parent);
  return { chainId: chain, diff: `${staged.directory}/diff`, record, staged };
}

/** The chain id of a layer on a chain. */
function chainOn(parent: string | undefined, diffId: string): string {
  return chainIdsOf(parent === undefined ? [diffId] : [parent, diffId]).at(-1) ?? diffId;
}
