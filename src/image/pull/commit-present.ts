import { digestHex } from '../../store/digest';
import { readLayerRecord } from '../../store/layer/layer-record';
import { makeStaging } from '../../store/staging';
import { layerPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { commitImage } from '../add/commit-image';
import type { LayerSoFar } from '../add/commit-image';
import type { ImageConfig } from '../format/image-config';
import type { ChosenManifest } from './choose-manifest';

/** An image whose layers are all in the store. */
interface PresentImage extends Pick<ChosenManifest, 'bytes' | 'mediaType' | 'listDigest'> {
  names: string[];
  config: Buffer;
}

/** Lets an image appear whose layers, of the chain ids, are all in the store: needs no other ids. Returns its id. */
export function commitPresent(
  store: StorePaths,
  { names, config, bytes, mediaType, listDigest }: PresentImage,
  parsed: { config: ImageConfig; chain: readonly string[] },
): string {
  const layers: LayerSoFar[] = parsed.chain.flatMap((chainId) => {
    const record = readLayerRecord(store, chainId);
    const diff = `${layerPath(store, digestHex(chainId))}/diff`;
    return record === undefined ? [] : [{ chainId, diff, record, staged: undefined }];
  });
  const manifest = { bytes, mediaType };
  const image = { names, config, manifest, ...(listDigest === undefined ? {} : { listDigest }) };
  const staging = makeStaging(store);
  try {
    return commitImage(store, image, { staging, layers, config: parsed.config }).id;
  } finally {
    staging.remove();
  }
}
