import type { Context } from '../../lib/context';
import { parseTime } from '../../lib/time';
import { readLayerRecord } from '../../store/layer/layer-record';
import { storePaths } from '../../store/store-paths';
import { imageNotKnown } from '../find/ensure-image';
import { layerSize } from './layer-sizes';
import { topImages } from './image-tree';
import { resolveImage } from '../find/resolve';

/** One step of an image's making, as `history` shows it. */
export interface HistoryStep {
  /** Of the image that ends with this step, where the store has one; else `<missing>`. */
  id: string;
  /** The names of the images that end here. */
  tags: string[];
  /** Nanoseconds since 1970. */
  created: bigint;
  createdBy: string;
  comment: string;
  /** Bytes. */
  size: number;
}

/** The steps of an image, the last one first. Source: Podman, libimage/history.go. Error `not-found`. */
export function imageHistory(ctx: Context, name: string): HistoryStep[] {
  const image = resolveImage(ctx, name);
  if (image === undefined) throw imageNotKnown(name);
  const tops = topImages(ctx);
  const used = new Set<string>();
  let layer = 0;
  return (image.config.history ?? []).toReversed().map((entry) => {
    const chainHex = image.chainIds[layer];
    const isEmpty = entry.empty_layer === true;
    if (!isEmpty) layer++;
    const here = chainHex === undefined ? [] : (tops.get(chainHex) ?? []);
    const found = here.find(({ id }) => id === image.id && !used.has(id)) ?? here[0];
    const id = found === undefined || used.has(found.id) ? '<missing>' : found.id;
    used.add(id);
    const record =
      chainHex === undefined || isEmpty ? undefined : readLayerRecord(storePaths(ctx), `sha256:${chainHex}`);
    return {
      id,
      tags: here.flatMap(({ names }) => names),
      created: parseTime(entry.created ?? '') ?? 0n,
      createdBy: entry.created_by ?? '',
      comment: entry.comment ?? '',
      size: layerSize(record),
    };
  });
}
