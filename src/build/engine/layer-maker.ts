import { createReadStream, mkdirSync, renameSync, statSync } from 'node:fs';
import type { LayerSoFar } from '../../image/add/commit-image';
import { settleLayer, archiveLayer } from '../../runtime/settle-layer';
import type { TimeRule } from '../../runtime/settle-layer';
import { chainIdsOf, digestHex } from '../../store/digest';
import { describeLayer } from '../../store/layer/add-layer';
import { readLayerRecord } from '../../store/layer/layer-record';
import { layerPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { mediaTypes } from '../../store/media-types';
import type { Build } from './build';
import type { BuiltLayer } from './stage-state';

/** A layer that the store has. Undefined: it has not, or not whole. */
export function storedLayer(store: StorePaths, chainHex: string): LayerSoFar | undefined {
  const record = readLayerRecord(store, `sha256:${chainHex}`);
  if (record === undefined) return undefined;
  return {
    chainId: `sha256:${chainHex}`,
    diff: `${layerPath(store, chainHex)}/diff`,
    record,
    staged: undefined,
  };
}

/** A new place for a layer: `diff` in it is to be filled. */
export function layerFolder(build: Build): string {
  const folder = `${build.staging().path}/${build.nextName('layer')}`;
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

/**
 * Makes a layer of `folder`/diff, an overlay's upper directory that nothing writes to any more. It may be used as soon as this
 * returns; its archive is written meanwhile. `isOfContexts`: the times of its files differ from machine to machine.
 */
export async function makeBuiltLayer(
  build: Build,
  folder: string,
  { parent, isOfContexts = false }: { parent: BuiltLayer | undefined; isOfContexts?: boolean },
): Promise<BuiltLayer> {
  const diff = `${folder}/diff`;
  const rule = timeRule(build, isOfContexts);
  for (const line of await settleLayer(build.ctx, diff, rule)) build.warn(line);
  const done = archive(build, folder, parent);
  // an error is told by who waits for it
  done.catch(() => undefined);
  return { diff, done };
}

/** Moves an upper directory to where it becomes a layer. */
export function takeUpper(upper: string, folder: string): void {
  renameSync(upper, `${folder}/diff`);
}

async function archive(build: Build, folder: string, parent: BuiltLayer | undefined): Promise<LayerSoFar> {
  const blobFile = `${folder}/blob`;
  const size = await archiveLayer(build.ctx, `${folder}/diff`, blobFile);
  const diffId = await digestOfFile(blobFile);
  const mediaType = mediaTypes.oci.layers.none;
  const blob = { mediaType, digest: diffId, size: statSync(blobFile).size };
  const below = (await parent?.done)?.chainId;
  const chainId = chainIdsOf(below === undefined ? [diffId] : [below, diffId]).at(-1) ?? diffId;
  const staged = { directory: folder, blobFile, diffId, size, blob };
  const record = describeLayer(staged, chainId, below);
  return { chainId, diff: `${folder}/diff`, record, staged };
}

function timeRule({ request: { times } }: Build, isOfContexts: boolean): TimeRule {
  if (times.setFiles !== undefined) return { kind: 'set', seconds: times.setFiles };
  if (times.clampFiles !== undefined)
    return { kind: isOfContexts ? 'set' : 'clamp', seconds: times.clampFiles };
  return { kind: 'keep' };
}

async function digestOfFile(path: string): Promise<string> {
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

/** The hexadecimal chain ids of layers, from bottom to top, when their archives are written. */
export async function chainOf(layers: readonly BuiltLayer[]): Promise<string[]> {
  return (await Promise.all(layers.map(({ done }) => done))).map(({ chainId }) => digestHex(chainId));
}
