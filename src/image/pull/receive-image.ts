import { closeSync, existsSync, openSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError, isErrno } from '../../lib/errors';
import { detectCompression } from '../../store/compression';
import { chainIdsOf, digestHex } from '../../store/digest';
import { describeLayer, layerError } from '../../store/layer/add-layer';
import { hasBlob, readLayerRecord } from '../../store/layer/layer-record';
import type { FileMaker } from '../../store/layer/file-maker';
import { unpackLayer } from '../../store/layer/unpack-layer';
import { openStore } from '../../store/open-store';
import { partialPath } from '../../store/partial-blob';
import { openStaging } from '../../store/staging';
import type { Staging } from '../../store/staging';
import { blobPath, layerPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { createBufferCollector } from '../../sys/buffer-collector';
import type { BufferCollector } from '../../sys/buffer-collector';
import { lockContentShared } from '../collect-garbage';
import { commitImage } from '../commit-image';
import type { LayerSoFar } from '../commit-image';
import { parseImageConfig } from '../image-config';
import { openFileMaker } from '../open-file-maker';
import { createLayerReader } from './layer-reader';
import { readArrivals } from './arrivals';
import type { Arrivals } from './arrivals';
import type { PlannedLayer } from './receiver-protocol';

/**
 * The half of a pull that needs all ids: unpacks the layers of an image in their order while another process fetches
 * them and tells so on `descriptor`, then lets the image appear. Returns its id. On any error, and when the other one
 * ends, the store is as before; what has been fetched stays for the next pull. `suspect` is told of a layer whose bytes
 * make no sense.
 */
export async function receiveImage(
  ctx: Context,
  descriptor: number,
  suspect: (layer: number) => void,
): Promise<string> {
  const arrivals = readArrivals(descriptor);
  const store = openStore(ctx);
  const lock = lockContentShared(store);
  const staging = openStaging(store);
  const files = openFileMaker(ctx);
  try {
    const plan = await arrivals.plan();
    const bytes = Buffer.from(plan.config, 'base64');
    const config = parseImageConfig(bytes, plan.layers.length);
    const diffIds = config.rootfs.diff_ids;
    const chain = chainIdsOf(diffIds);
    const layers: LayerSoFar[] = [];
    const collect = createBufferCollector();
    const warn = (message: string): void => ctx.log('debug', message);
    for (const [at, layer] of plan.layers.entries()) {
      const place = { at, chainId: chain[at] ?? '', parent: chain[at - 1], diffId: diffIds[at] ?? '' };
      const session = { staging, files, arrivals, warn, suspect, collect };
      layers.push(await findOrReceive(store, layer, { ...place, ...session, below: layers }));
    }
    const manifest = { ...plan.manifest, bytes: Buffer.from(plan.manifest.bytes, 'base64') };
    const image = { names: plan.names, config: bytes, manifest, ...listDigestOf(plan) };
    return commitImage(store, image, { staging, layers, config }).id;
  } finally {
    files.close();
    staging.remove();
    lock.release();
  }
}

function listDigestOf({ listDigest }: { listDigest?: string }): { listDigest?: string } {
  return listDigest === undefined ? {} : { listDigest };
}

interface LayerPlace {
  at: number;
  chainId: string;
  parent: string | undefined;
  diffId: string;
  /** From bottom to top. */
  below: LayerSoFar[];
  staging: Staging;
  files: FileMaker;
  arrivals: Arrivals;
  warn: (message: string) => void;
  suspect: (layer: number) => void;
  collect: BufferCollector;
}

async function findOrReceive(store: StorePaths, layer: PlannedLayer, place: LayerPlace): Promise<LayerSoFar> {
  const { chainId } = place;
  const record = readLayerRecord(store, chainId);
  const diff = `${layerPath(store, digestHex(chainId))}/diff`;
  if (record !== undefined && existsSync(diff) && hasBlob(store, layer.digest))
    return { chainId, diff, record, staged: undefined };
  try {
    return await receiveLayer(store, layer, place);
  } catch (error) {
    if (error instanceof TspodError && error.code === 'invalid') place.suspect(place.at);
    throw layerError(layer.digest, error);
  }
}

async function receiveLayer(store: StorePaths, layer: PlannedLayer, place: LayerPlace): Promise<LayerSoFar> {
  const { chainId, parent, staging, below } = place;
  const hex = digestHex(layer.digest);
  // its file is there when the first bytes are
  if (layer.isComing)
    await (layer.size === 0 ? place.arrivals.verified(place.at) : place.arrivals.more(place.at, 0));
  const { descriptor, blobFile } = openLayer(store, hex, layer);
  try {
    const reader = createLayerReader(descriptor, layer, {
      more: (known) =>
        blobFile === undefined ? Promise.resolve(layer.size) : place.arrivals.more(place.at, known),
    });
    const compression = detectCompression(await reader.start());
    const unpacked = await unpackLayer(staging, digestHex(chainId), {
      compression,
      next: reader.next,
      digest: async () => {
        if (blobFile !== undefined) await place.arrivals.verified(place.at);
        return layer.digest;
      },
      diffId: place.diffId,
      lowers: below.map(({ diff }) => diff).toReversed(),
      warn: place.warn,
      files: place.files,
      collect: place.collect,
    });
    const { digest, size, mediaType } = layer;
    const staged = { ...unpacked, blobFile, blob: { digest, size, mediaType } };
    const record = describeLayer(staged, chainId, parent);
    return { chainId, diff: `${staged.directory}/diff`, record, staged };
  } finally {
    closeSync(descriptor);
  }
}

/** What is coming lies in its partial file, or in the store when somebody else was faster. */
function openLayer(
  store: StorePaths,
  hex: string,
  { isComing }: PlannedLayer,
): { descriptor: number; blobFile: string | undefined } {
  if (!isComing) return { descriptor: openSync(blobPath(store, hex), 'r'), blobFile: undefined };
  const blobFile = partialPath(store, hex);
  try {
    return { descriptor: openSync(blobFile, 'r'), blobFile };
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    return { descriptor: openSync(blobPath(store, hex), 'r'), blobFile };
  }
}
