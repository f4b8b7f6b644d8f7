import { closeSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import { openFileMaker } from '../../image/add/open-file-maker';
import type { LayerSoFar } from '../../image/add/commit-image';
import { writeLayers, writeTree } from '../../runtime/layer-tree';
import { chainIdsOf } from '../../store/digest';
import { addLayer, describeLayer } from '../../store/layer/add-layer';
import type { Build } from '../engine/build';
import type { StageState } from '../engine/stage-state';

/** One layer instead of the stage's own, or instead of all. Needs all ids. */
export async function squashLayers(
  build: Build,
  state: StageState,
  kind: 'new' | 'all',
): Promise<LayerSoFar[]> {
  const all = await Promise.all(state.layers.map(({ done }) => done));
  const kept = kind === 'all' ? [] : all.slice(0, state.baseLayers);
  const merged = all.slice(kept.length);
  if (merged.length < (kind === 'all' ? 1 : 2)) return all;
  const folder = `${build.staging().path}/${build.nextName('squash')}`;
  mkdirSync(folder, { mode: 0o700 });
  const archive = `${folder}/archive.tar`;
  const directories = merged.map(({ diff }) => ({ path: diff })).reverse();
  if (kind === 'all') writeTree(build.ctx, directories, archive, { isImage: true });
  else writeLayers(build.ctx, directories, archive);
  return [...kept, await unpack(build, archive, kept)];
}

async function unpack(build: Build, archive: string, below: readonly LayerSoFar[]): Promise<LayerSoFar> {
  const descriptor = openSync(archive, 'r');
  const files = openFileMaker(build.ctx);
  try {
    const range = { descriptor, offset: 0, size: fstatSync(descriptor).size };
    const lowers = below.map(({ diff }) => diff).reverse();
    const warn = (message: string): void => build.warn(message);
    const staged = await addLayer(build.staging(), build.nextName('squashed'), {
      range,
      lowers,
      files,
      warn,
    });
    const parent = below.at(-1)?.chainId;
    const chainId =
      chainIdsOf(parent === undefined ? [staged.diffId] : [parent, staged.diffId]).at(-1) ?? staged.diffId;
    return {
      chainId,
      diff: `${staged.directory}/diff`,
      record: describeLayer(staged, chainId, parent),
      staged,
    };
  } finally {
    closeSync(descriptor);
    files.close();
  }
}
