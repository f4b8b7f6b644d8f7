import { closeSync, existsSync, openSync } from 'node:fs';
import { TspodError, isErrno } from '../../lib/errors';
import { detectCompression } from '../../store/compression';
import { digestHex } from '../../store/digest';
import { describeLayer, layerError } from '../../store/layer/add-layer';
import type { FileMaker } from '../../store/layer/file-maker';
import { settleImplicit } from '../../store/layer/implicit-directory';
import { hasBlob, readLayerRecord } from '../../store/layer/layer-record';
import { unpackLayer } from '../../store/layer/unpack-layer';
import { partialPath } from '../../store/partial-blob';
import type { Staging } from '../../store/staging';
import { blobPath, layerPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { createBufferCollector } from '../../sys/buffer-collector';
import type { BufferCollector } from '../../sys/buffer-collector';
import type { LayerSoFar } from '../add/commit-image';
import type { Arrivals } from './arrivals';
import { createLayerReader } from './layer-reader';
import type { PlannedLayer } from './receiver-protocol';

/** So many layers are unpacked at the same time: while one waits for its bytes, or to be written, others go on. */
const lanes = 3;

/** Layers that are coming. */
export interface Reception {
  /** From bottom to top. */
  layers: readonly PlannedLayer[];
  /** Of each. */
  diffIds: readonly string[];
  chain: readonly string[];
  arrivals: Arrivals;
  staging: Staging;
  /** A new maker of files; closed here. */
  openFiles: () => FileMaker;
  warn: (message: string) => void;
  /** Told that a layer has more than a few members. */
  many: () => void;
  /** Told of a layer whose bytes make no sense. */
  suspect: (layer: number) => void;
}

/**
 * Unpacks the layers of an image while another process fetches them, several at once, in the order in which they come. On an
 * error what was made stays in the staging directory, and nobody works in it any more.
 */
export async function receiveLayers(store: StorePaths, reception: Reception): Promise<LayerSoFar[]> {
  const { layers, arrivals } = reception;
  const collect = createBufferCollector();
  const waiting = layers.flatMap(({ isComing }, at) => (isComing ? [at] : []));
  const there = layers.flatMap(({ isComing }, at) => (isComing ? [] : [at]));
  const received: Received[] = [];
  const makers: FileMaker[] = [];
  async function lane(): Promise<void> {
    const files = reception.openFiles();
    makers.push(files);
    for (;;) {
      const at = there.shift() ?? (await arrivals.first(waiting));
      if (at === undefined) return;
      received[at] = await findOrReceive(store, at, { ...reception, files, collect });
    }
  }
  const working = Array.from({ length: Math.min(lanes, layers.length) }, lane);
  try {
    await Promise.all(working);
    return settled(received, makers[0]);
  } catch (error) {
    arrivals.giveUp(error);
    throw error;
  } finally {
    await Promise.allSettled(working);
    for (const files of makers) files.close();
  }
}

/** A layer, and its directories that still have to get the look of the layers below. */
interface Received extends LayerSoFar {
  implicit: readonly string[];
}

function settled(layers: readonly Received[], files: FileMaker | undefined): LayerSoFar[] {
  for (const [at, { diff, implicit }] of layers.entries()) {
    const lowers = layers.slice(0, at).map((below) => below.diff);
    if (files !== undefined) settleImplicit(diff, implicit, { lowers: lowers.toReversed(), files });
  }
  return layers.map(({ chainId, diff, record, staged }) => ({ chainId, diff, record, staged }));
}

interface Lane extends Reception {
  files: FileMaker;
  collect: BufferCollector;
}

async function findOrReceive(store: StorePaths, at: number, lane: Lane): Promise<Received> {
  const chainId = lane.chain[at] ?? '';
  const { digest } = layerAt(lane, at);
  const record = readLayerRecord(store, chainId);
  const diff = `${layerPath(store, digestHex(chainId))}/diff`;
  if (record !== undefined && existsSync(diff) && hasBlob(store, digest))
    return { chainId, diff, record, staged: undefined, implicit: [] };
  try {
    return await receiveLayer(store, at, lane);
  } catch (error) {
    if (error instanceof TspodError && error.code === 'invalid') lane.suspect(at);
    throw layerError(digest, error);
  }
}

function layerAt({ layers }: Reception, at: number): PlannedLayer {
  const layer = layers[at];
  if (layer === undefined) throw new TspodError('invalid', `there is no layer ${at}`);
  return layer;
}

async function receiveLayer(store: StorePaths, at: number, lane: Lane): Promise<Received> {
  const { arrivals, staging, warn, many, files, collect } = lane;
  const layer = layerAt(lane, at);
  const { digest, size, mediaType } = layer;
  const chainId = lane.chain[at] ?? '';
  const { descriptor, blobFile } = openLayer(store, layer);
  try {
    const reader = createLayerReader(descriptor, layer, {
      more: (known) => (blobFile === undefined ? Promise.resolve(size) : arrivals.more(at, known)),
    });
    const { implicit, ...unpacked } = await unpackLayer(staging, digestHex(chainId), {
      compression: detectCompression(await reader.start()),
      next: () => {
        arrivals.check();
        return reader.next();
      },
      digest: async () => {
        if (blobFile !== undefined) await arrivals.verified(at);
        return digest;
      },
      diffId: lane.diffIds[at] ?? '',
      lowers: undefined,
      ...{ warn, many, files, collect },
    });
    const staged = { ...unpacked, blobFile, blob: { digest, size, mediaType } };
    const record = describeLayer(staged, chainId, lane.chain[at - 1]);
    return { chainId, diff: `${staged.directory}/diff`, record, staged, implicit };
  } finally {
    closeSync(descriptor);
  }
}

/** What is coming lies in its partial file, or in the store when somebody else was faster. */
function openLayer(
  store: StorePaths,
  { digest, isComing }: PlannedLayer,
): { descriptor: number; blobFile: string | undefined } {
  const hex = digestHex(digest);
  if (!isComing) return { descriptor: openSync(blobPath(store, hex), 'r'), blobFile: undefined };
  const blobFile = partialPath(store, hex);
  try {
    return { descriptor: openSync(blobFile, 'r'), blobFile };
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    return { descriptor: openSync(blobPath(store, hex), 'r'), blobFile };
  }
}
