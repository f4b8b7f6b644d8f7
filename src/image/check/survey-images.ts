import { existsSync } from 'node:fs';
import { describeError, ifWhole } from '../../lib/errors';
import { readJsonFile } from '../../sys/file-io';
import { readEntries, removeEntry } from '../../store/build-cache';
import type { Finding, Owner } from '../../store/check/finding';
import { chainIdsOf, digestHex, digestOf } from '../../store/digest';
import type { IndexEntry } from '../../store/image-index';
import { hasBlob, readLayerRecord } from '../../store/layer/layer-record';
import type { LayerBlob } from '../../store/layer/layer-record';
import { layerPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { containerUses, volumeUses } from '../remove/collect-garbage';
import type { ContainerUse } from '../remove/collect-garbage';
import { parseImageConfig } from '../format/image-config';
import { makeRecord, readBlob, recordPath, writeImageRecord } from '../find/image-record';
import type { ImageRecord } from '../find/image-record';
import { parseManifest } from '../format/manifest';

/** A layer that images, containers, volumes or the next builds need. */
export interface NeededLayer {
  chainId: string;
  /** Of the layer below; absent of the lowest one. */
  parent: string | undefined;
  /** Absent where its record is gone, and no image needs it. */
  diffId: string | undefined;
  /** The archives from which it can be made, the manifests' own first. */
  blobs: LayerBlob[];
  owners: Owner[];
}

/** All that the images, containers and volumes of a store need. */
export interface Survey {
  /** By chain id, lower ones before those above them. */
  layers: Map<string, NeededLayer>;
  /** What is wrong with manifests, configurations and records. */
  findings: Finding[];
}

/** Goes through the index, the containers, the cache of builds and the volumes; layers and their archives are looked at by `checkLayers`. */
export function surveyImages(store: StorePaths, entries: readonly IndexEntry[]): Survey {
  const survey: Survey = { layers: new Map(), findings: [] };
  for (const digest of new Set(entries.map((entry) => entry.digest))) {
    const own = entries.filter((entry) => entry.digest === digest);
    surveyImage(store, own, survey);
  }
  const containers = containerUses(store);
  for (const use of containers) {
    const owner = containerOwner(use);
    for (const [at, hex] of use.chainIds.entries()) {
      const below = use.chainIds[at + 1];
      need(store, survey, { chainId: `sha256:${hex}`, parent: below && `sha256:${below}` }, owner);
    }
  }
  surveyCache(store, survey);
  for (const use of containers) surveyLent(store, survey, use.mountedChainIds, containerOwner(use));
  for (const { name, chainIds } of volumeUses(store))
    surveyLent(store, survey, chainIds, { kind: 'volume', name });
  survey.layers = new Map([...survey.layers].sort(([, a], [, b]) => depth(survey, a) - depth(survey, b)));
  return survey;
}

function containerOwner({ id, name }: ContainerUse): Owner {
  return { kind: 'container', name: name === '' ? id.slice(0, 12) : name };
}

/** Layers of images that may be gone, and their archives with them. */
function surveyLent(store: StorePaths, survey: Survey, chainIds: readonly string[], owner: Owner): void {
  for (const hex of chainIds) need(store, survey, { chainId: `sha256:${hex}`, mayLackArchive: true }, owner);
}

/** A step of a build that has lost a layer is forgotten: the next build does it again. */
function surveyCache(store: StorePaths, survey: Survey): void {
  const owner: Owner = { kind: 'build', name: 'cache' };
  for (const [key, { chainIds }] of readEntries(store)) {
    const lost = chainIds.find((hex) => !existsSync(`${layerPath(store, hex)}/diff`));
    if (lost !== undefined && !survey.layers.has(`sha256:${lost}`)) {
      const text = `step ${key.slice(0, 12)} has lost its layer ${lost.slice(0, 12)}`;
      survey.findings.push({ text, owners: [owner], mend: () => removeEntry(store, key) });
      continue;
    }
    for (const [at, hex] of chainIds.entries()) {
      const below = chainIds[at - 1];
      need(store, survey, { chainId: `sha256:${hex}`, parent: below && `sha256:${below}` }, owner);
    }
  }
}

/** How an image is called in a finding. */
function ownerOf(entries: readonly IndexEntry[]): Owner {
  const names = entries.flatMap(({ name }) => name ?? []);
  const [first] = entries;
  const id = (first?.imageId ?? '').slice(0, 12);
  return { kind: 'image', name: names[0] ?? id };
}

function surveyImage(store: StorePaths, entries: readonly IndexEntry[], survey: Survey): void {
  const owner = ownerOf(entries);
  const digest = entries[0]?.digest ?? '';
  const manifest = wholeBlob(store, survey, { digest, what: 'manifest', owner });
  if (manifest === undefined) return;
  try {
    const parsed = parseManifest(manifest);
    if (!('config' in parsed)) return;
    const config = wholeBlob(store, survey, {
      digest: parsed.config.digest,
      what: 'configuration',
      owner,
    });
    if (config === undefined) return;
    const parsedConfig = parseImageConfig(config, parsed.layers.length);
    const diffIds = parsedConfig.rootfs.diff_ids;
    const chain = chainIdsOf(diffIds);
    for (const [at, chainId] of chain.entries()) {
      const layer = { chainId, parent: chain[at - 1], diffId: diffIds[at], blob: parsed.layers[at] };
      need(store, survey, layer, owner);
    }
    const expected = {
      id: digestHex(parsed.config.digest),
      config: parsedConfig,
      chainIds: chain.map(digestHex),
    };
    surveyRecord(store, expected, survey, owner);
  } catch (error) {
    survey.findings.push({ text: describeError(error), owners: [owner], cure: PULL });
  }
}

/** What helps where the store has lost something that it cannot make again. */
export const PULL = 'pull or load it again';

function wholeBlob(
  store: StorePaths,
  survey: Survey,
  { digest, what, owner }: { digest: string; what: string; owner: Owner },
): Buffer | undefined {
  const name = `${what} ${digest.replace(/^sha256:/, '').slice(0, 12)}`;
  try {
    const data = readBlob(store, digest);
    if (digestOf(data) === digest) return data;
    survey.findings.push({
      text: `${name} is altered: its digest is ${digestOf(data)}`,
      owners: [owner],
      cure: PULL,
    });
  } catch {
    survey.findings.push({ text: `${name} is missing`, owners: [owner], cure: PULL });
  }
  return undefined;
}

/** The record is only a digest of the blobs: any that differs is made anew. */
function surveyRecord(
  store: StorePaths,
  expected: Pick<ImageRecord, 'id' | 'config' | 'chainIds'>,
  survey: Survey,
  owner: Owner,
): void {
  const { id, config, chainIds } = expected;
  let found: Partial<ImageRecord> | undefined;
  try {
    found = readJsonFile(recordPath(store, id)) as Partial<ImageRecord> | undefined;
    if (found === undefined) return;
  } catch {
    found = undefined;
  }
  const text = (record: Partial<ImageRecord> | undefined): string =>
    JSON.stringify([record?.version, record?.id, record?.config, record?.chainIds]);
  if (text(found) === text({ version: 1, id, config, chainIds })) return;
  survey.findings.push({
    text: `its record images/${id.slice(0, 12)}....json is broken`,
    owners: [owner],
    mend: () => writeImageRecord(store, makeRecord(store, id)),
  });
}

interface LayerNeed {
  chainId: string;
  parent?: string | undefined;
  diffId?: string | undefined;
  blob?: LayerBlob | undefined;
  /** Whether an archive that is missing is none that has been lost. */
  mayLackArchive?: boolean;
}

function need(store: StorePaths, survey: Survey, layer: LayerNeed, owner: Owner): void {
  const { chainId, parent } = layer;
  const known = survey.layers.get(chainId);
  const entry: NeededLayer = known ?? { chainId, parent, diffId: layer.diffId, blobs: [], owners: [] };
  if (known === undefined) {
    survey.layers.set(chainId, entry);
    const record = ifWhole(() => readLayerRecord(store, chainId));
    entry.diffId ??= record?.diffId;
    entry.parent ??= record?.parent;
    const archive = layer.blob === undefined ? record?.blob : undefined;
    const isGone = (digest: string): boolean => layer.mayLackArchive === true && !hasBlob(store, digest);
    if (archive !== undefined && !isGone(archive.digest)) entry.blobs.push(archive);
  }
  if (!entry.owners.includes(owner)) entry.owners.push(owner);
  const { blob } = layer;
  if (blob === undefined || entry.blobs.some(({ digest }) => digest === blob.digest)) return;
  entry.blobs.push({ mediaType: blob.mediaType, digest: blob.digest, size: blob.size });
}

function depth(survey: Survey, layer: NeededLayer): number {
  let count = 0;
  for (let at = layer.parent; at !== undefined && count < 1000; at = survey.layers.get(at)?.parent) count++;
  return count;
}
