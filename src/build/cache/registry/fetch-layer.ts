import { closeSync, openSync } from 'node:fs';
import type { LayerSoFar } from '../../../image/add/commit-image';
import type { Descriptor } from '../../../image/format/manifest';
import { openFileMaker } from '../../../image/add/open-file-maker';
import { fetchBlob } from '../../../image/pull/fetch-blob';
import { defaultBlobRetry } from '../../../image/registry/retry';
import type { Repository } from '../../../image/registry/types';
import { chainIdsOf, digestHex } from '../../../store/digest';
import { addLayer, describeLayer } from '../../../store/layer/add-layer';
import { partialPath } from '../../../store/partial-blob';
import { blobPath } from '../../../store/store-paths';
import { createBufferCollector } from '../../../sys/buffer-collector';
import type { Build } from '../../engine/build';
import { amountOf } from '../../engine/pull-progress';
import type { TellProgress } from '../../engine/pull-progress';
import type { StageState } from '../../engine/stage-state';

/** A layer that a registry has, and what it has to be. */
export interface WantedLayer {
  layer: Descriptor & { diffId: string };
  source: Repository;
  tell: TellProgress;
}

/** Fetches a layer for the top of a stage and unpacks it, both digests verified. Errors: those of the source, `invalid`. */
export async function fetchLayer(build: Build, state: StageState, wanted: WantedLayer): Promise<LayerSoFar> {
  const { layer } = wanted;
  const name = build.nextName('fetched');
  const descriptor = await fetchArchive(build, name, wanted);
  const files = openFileMaker(build.ctx);
  try {
    const staged = await addLayer(build.staging(), name, {
      range: { descriptor, offset: 0, size: layer.size },
      expected: layer,
      diffId: layer.diffId,
      lowers: state.layers.map(({ diff }) => diff).reverse(),
      files,
      warn: (message) => build.warn(message),
    });
    const parent = (await state.layers.at(-1)?.done)?.chainId;
    const chain = chainIdsOf(parent === undefined ? [staged.diffId] : [parent, staged.diffId]);
    const chainId = chain.at(-1) ?? staged.diffId;
    const record = describeLayer(staged, chainId, parent);
    return { chainId, diff: `${staged.directory}/diff`, record, staged };
  } finally {
    files.close();
    closeSync(descriptor);
  }
}

/** The archive, open for reading: fetched into a place of its own, so that nobody else waits for it or takes it away. */
async function fetchArchive(
  build: Build,
  name: string,
  { layer, source, tell }: WantedLayer,
): Promise<number> {
  const text = `fetching from ${source.name}`;
  const have = (bytes: number): void => tell(text, amountOf(bytes, layer.size));
  const { store, signal, request } = build;
  const { retry, retryDelay } = { ...defaultBlobRetry, ...request.registry };
  const own = { ...store, partial: `${build.staging().path}/${name}` };
  const isOwn = await fetchBlob(own, layer, {
    ...{ source, signal, retry, retryDelay },
    ...{ have, collect: createBufferCollector(), resumed: () => undefined },
  });
  const hex = digestHex(layer.digest);
  return openSync(isOwn ? partialPath(own, hex) : blobPath(store, hex), 'r');
}
