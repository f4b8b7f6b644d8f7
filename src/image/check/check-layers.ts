import { existsSync, lstatSync, rmSync } from 'node:fs';
import { describeError } from '../../lib/errors';
import { checkLayer } from '../../store/check/check-layer';
import type { LayerToCheck } from '../../store/check/check-layer';
import { checkPacked } from '../../store/check/check-packed';
import type { CheckOptions, Finding, Owner } from '../../store/check/finding';
import { digestHex } from '../../store/digest';
import type { FileMaker } from '../../store/layer/file-maker';
import { hasBlob, readLayerRecord } from '../../store/layer/layer-record';
import type { LayerBlob, LayerRecord } from '../../store/layer/layer-record';
import { blobPath, layerPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { writeFileAtomic } from '../../sys/file-io';
import { temporaryFile } from '../../store/open-store';
import { PULL } from './survey-images';
import type { NeededLayer, Survey } from './survey-images';
import { unpackAgain } from './unpack-again';

/** How many files of a layer are told of one by one. */
const FEW = 10;

/** What `checkLayers` is told of the world around the images. */
export interface LayerCheckOptions extends CheckOptions {
  /** The running container under which a layer must not be replaced. */
  runningOn: (chainHex: string) => string | undefined;
  /** Makes the files of a layer that is unpacked again. */
  openFiles: () => FileMaker;
  warn: (message: string) => void;
}

/** Looks at every layer that somebody needs, at its record and at its archives, lower layers first. */
export async function* checkLayers(
  store: StorePaths,
  survey: Survey,
  options: LayerCheckOptions,
): AsyncGenerator<Finding> {
  for (const layer of survey.layers.values()) yield* checkOne(store, survey, layer, options);
}

async function* checkOne(
  store: StorePaths,
  survey: Survey,
  layer: NeededLayer,
  options: LayerCheckOptions,
): AsyncGenerator<Finding> {
  const hex = digestHex(layer.chainId);
  const diff = `${layerPath(store, hex)}/diff`;
  const name = `layer ${hex.slice(0, 12)}`;
  const { owners } = layer;
  const isThere = lstatSync(diff, { throwIfNoEntry: false })?.isDirectory() === true;
  let good: LayerBlob | undefined;
  let size = 0;
  let differences: string[] = [];
  for (const blob of layer.blobs) {
    const problem = hasBlob(store, blob.digest) ? undefined : 'is missing';
    const input = layerToCheck(store, survey, layer, blob);
    const report = problem === undefined && input ? await checkLayer(input, options) : undefined;
    const wrong = problem ?? report?.blob;
    if (wrong !== undefined) yield blobFinding(store, blob, wrong, owners);
    else if (good === undefined)
      [good, size, differences] = [blob, report?.size ?? 0, report?.differences ?? []];
  }
  const mend = good && mender(store, survey, { layer, blob: good, options });
  const rest = mend === undefined ? { cure: PULL } : { mend };
  if (!isThere) return yield { text: `${name} is missing`, owners, ...rest };
  for (const difference of differences.slice(0, FEW))
    yield { text: `${name}: ${difference}`, owners, ...rest };
  if (differences.length > FEW)
    yield { text: `${name}: ${differences.length - FEW} more files differ`, owners, ...rest };
  yield* checkRecord(store, layer, { blob: good, size });
  if (!options.quick) yield* checkPacked(layerPath(store, hex), owners);
}

/** What is compared; undefined where nobody knows the diff ID any more. */
function layerToCheck(
  store: StorePaths,
  survey: Survey,
  layer: NeededLayer,
  blob: LayerBlob,
): LayerToCheck | undefined {
  if (layer.diffId === undefined) return undefined;
  return {
    diff: `${layerPath(store, digestHex(layer.chainId))}/diff`,
    blob: blobPath(store, digestHex(blob.digest)),
    digest: blob.digest,
    size: blob.size,
    diffId: layer.diffId,
    lowers: lowersOf(store, survey, layer),
  };
}

/** The directories of the layers below, from top to bottom. */
function lowersOf(store: StorePaths, survey: Survey, layer: NeededLayer): string[] {
  const lowers: string[] = [];
  for (let at = layer.parent; at !== undefined && lowers.length < 1000; at = survey.layers.get(at)?.parent)
    lowers.push(`${layerPath(store, digestHex(at))}/diff`);
  return lowers;
}

function blobFinding(store: StorePaths, { digest }: LayerBlob, wrong: string, owners: Owner[]): Finding {
  const hex = digestHex(digest);
  const finding: Finding = { text: `archive ${hex.slice(0, 12)} ${wrong}`, owners, cure: PULL };
  if (!existsSync(blobPath(store, hex))) return finding;
  return { ...finding, discard: () => rmSync(blobPath(store, hex), { force: true }) };
}

function mender(
  store: StorePaths,
  survey: Survey,
  { layer, blob, options }: { layer: NeededLayer; blob: LayerBlob; options: LayerCheckOptions },
): Finding['mend'] {
  let once: Promise<void> | undefined;
  return () => (once ??= replace());

  async function replace(): Promise<void> {
    const hex = digestHex(layer.chainId);
    const running = options.runningOn(hex);
    if (running !== undefined) throw new Error(`container ${running} runs on it: stop it first`);
    const { chainId, parent, diffId = '' } = layer;
    const lowers = lowersOf(store, survey, layer);
    const { warn, openFiles } = options;
    await unpackAgain(store, { chainId, parent, diffId, blob, lowers, openFiles, warn });
  }
}

function* checkRecord(
  store: StorePaths,
  layer: NeededLayer,
  { blob, size }: { blob: LayerBlob | undefined; size: number },
): Generator<Finding> {
  const hex = digestHex(layer.chainId);
  let wrong = '';
  try {
    const record = readLayerRecord(store, layer.chainId);
    if (record === undefined) wrong = 'is missing';
    else if (!isRight(record, layer)) wrong = 'speaks of another layer';
  } catch (error) {
    wrong = `is broken: ${describeError(error).replace(/^reading "[^"]*": /, '')}`;
  }
  if (wrong === '') return;
  const text = `the record of layer ${hex.slice(0, 12)} ${wrong}`;
  const { chainId, parent, diffId, owners } = layer;
  if (blob === undefined || diffId === undefined) return yield { text, owners, cure: PULL };
  const record: LayerRecord = { diffId, chainId, ...(parent === undefined ? {} : { parent }), size, blob };
  const path = `${layerPath(store, hex)}/layer.json`;
  const mend = (): void =>
    writeFileAtomic(path, `${JSON.stringify(record)}\n`, { temporary: temporaryFile(store) });
  yield { text, owners, mend };
}

function isRight(record: LayerRecord, { chainId, parent, diffId }: NeededLayer): boolean {
  return (
    record.chainId === chainId &&
    record.parent === parent &&
    (diffId === undefined || record.diffId === diffId) &&
    typeof record.size === 'number' &&
    typeof record.blob?.digest === 'string'
  );
}
