import { placeOf, placesOf } from '../../../image/push/blob-places';
import { pushBlob } from '../../../image/push/push-blobs';
import { manifestType } from '../../../image/format/manifest';
import { repositoryOf } from '../../../image/name/reference';
import type { ImageReference } from '../../../image/name/reference';
import { pushTarget } from '../../../image/registry/endpoints';
import type { Repository } from '../../../image/registry/types';
import { layerPacking, mediaTypes } from '../../../store/media-types';
import { packLayer } from '../../../image/transport/packed-layer';
import { hostArchitecture } from '../../../image/format/platform';
import { wrapError } from '../../../lib/errors';
import { digestHex, digestOf } from '../../../store/digest';
import { readLayerRecord } from '../../../store/layer/layer-record';
import { blobPath } from '../../../store/store-paths';
import type { Build, StepResult } from '../../engine/build';
import { makeSlots } from '../../../lib/slots';
import { formatStepImage } from './step-image';
import type { StepImage } from './step-image';

/** Steps on their way at the same time. */
const atOnce = 6;

/**
 * Brings the results of all steps into the repositories of `--cache-to`, where they are not there yet. Their layers have to be
 * in the store. `signal` is the user's: what a failed build has done is pushed too. Errors: those of the registry.
 */
export async function pushSteps(build: Build, signal: AbortSignal): Promise<void> {
  const stored = build.results.filter(({ isStored }) => isStored);
  const results = [...new Map(stored.map((result) => [result.key, result])).values()];
  for (const reference of build.request.cache.to) {
    const name = repositoryOf(reference);
    const repository = openTarget(build, reference, signal);
    const slots = makeSlots(build.request.registry.atOnce ?? atOnce);
    const pushes = results.map((result) => slots.run(() => pushStep(build, repository, { result, name })));
    // none goes on alone when another one has failed
    await Promise.allSettled(pushes);
    await Promise.all(pushes).catch((error: unknown) => {
      throw wrapError(`--cache-to ${name}`, error);
    });
  }
}

function openTarget({ ctx, request }: Build, reference: ImageReference, signal: AbortSignal): Repository {
  return pushTarget(ctx, { ...reference, tag: 'latest' }, { ...request.registry, signal });
}

async function pushStep(
  build: Build,
  repository: Repository,
  { result, name }: { result: StepResult; name: string },
): Promise<void> {
  const { key } = result;
  const isWrong = build.remote.wrong.has(`${name}:${key}`);
  if (!isWrong && (await repository.headManifest(key)) !== undefined) return;
  const { architecture = hostArchitecture(), os = 'linux' } = build.platform;
  const top = result.hasLayer ? await result.layers.at(-1)?.done : undefined;
  const packed = top === undefined ? undefined : await packedLayer(build, top.chainId);
  const places = placesOf(build.ctx, placeOf(repository.name).registry);
  if (packed !== undefined)
    await pushBlob(repository, { ...packed.layer, source: packed.file }, places(packed.layer.digest));
  const image = { key, ...result.entry, os, architecture, ...(packed ? { layer: packed.layer } : {}) };
  const { config, manifest } = formatStepImage(image);
  await pushBlob(repository, { digest: digestOf(config), size: config.length, source: config }, []);
  await repository.putManifest(key, manifest, manifestType);
}

/** As it lies in the store where that is compressed, else a compressed copy, which is kept. */
async function packedLayer(
  build: Build,
  chainId: string,
): Promise<{ layer: NonNullable<StepImage['layer']>; file: string }> {
  const { store } = build;
  const record = readLayerRecord(store, chainId);
  if (record === undefined) throw new Error(`layer ${chainId} is not in the store`);
  const { blob, diffId } = record;
  if (layerPacking({ ...blob, diffId }) !== 'none')
    return { layer: { ...blob, diffId }, file: blobPath(store, digestHex(blob.digest)) };
  const packed = await packLayer(
    store,
    { ...blob, diffId, chainId },
    { compressor: { format: 'gzip' }, staging: build.staging() },
  );
  const mediaType = mediaTypes.oci.layers.gzip ?? '';
  return { layer: { mediaType, digest: packed.digest, size: packed.size, diffId }, file: packed.file };
}
