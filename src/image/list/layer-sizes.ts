import type { LayerRecord } from '../../store/layer/layer-record';

/** The size of a layer's uncompressed archive in bytes, as lists show it; of a compressed one that of its files. */
export function layerSize(record: LayerRecord | undefined): number {
  if (record === undefined) return 0;
  return /\.tar$/.test(record.blob.mediaType) ? record.blob.size : record.size;
}
