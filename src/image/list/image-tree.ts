import type { Context } from '../../lib/context';
import { ifWhole } from '../../lib/errors';
import { readImageIndex } from '../../store/image-index';
import { readLayerRecord } from '../../store/layer/layer-record';
import { listDirectory } from '../../store/staging';
import { storePaths } from '../../store/store-paths';
import { imageNotKnown } from '../find/ensure-image';
import { readImageRecord } from '../find/image-record';
import { layerSize } from './layer-sizes';
import { resolveImage } from '../find/resolve';

/** An image by the layer that it ends with. */
export interface TopImage {
  id: string;
  names: string[];
}

/** One layer, with those above it as far as they were asked for. */
export interface LayerNode {
  /** Hexadecimal chain id. */
  id: string;
  /** Bytes. */
  size: number;
  /** Names of the images that end with it. */
  tags: string[];
  children: LayerNode[];
}

/** An image and its layers. */
export interface ImageTree {
  id: string;
  names: string[];
  size: number;
  layers: LayerNode[];
}

/** The images of the store by the chain id of their top layer. */
export function topImages(ctx: Context): Map<string, TopImage[]> {
  const store = storePaths(ctx);
  const tops = new Map<string, TopImage[]>();
  for (const entry of readImageIndex(store)) {
    // one that is damaged is told of by the list of images
    const record = ifWhole(() => readImageRecord(store, entry));
    if (record === undefined) continue;
    const { id, chainIds } = record;
    const top = chainIds.at(-1) ?? '';
    const images = tops.get(top) ?? [];
    const image = images.find((other) => other.id === id) ?? { id, names: [] };
    if (!images.includes(image)) images.push(image);
    if (entry.name !== undefined) image.names.push(entry.name);
    tops.set(top, images);
  }
  return tops;
}

/** The layers of an image from bottom to top; with `whatRequires` its top layer and all that is built on it. Error `not-found`. */
export function imageTree(ctx: Context, name: string, whatRequires: boolean): ImageTree {
  const image = resolveImage(ctx, name);
  if (image === undefined) throw imageNotKnown(name);
  const tops = topImages(ctx);
  const { id, names, size } = image;
  const [top, ...below] = image.chainIds;
  if (top === undefined) return { id, names, size, layers: [] };
  const node = (hex: string): LayerNode => layerNode(ctx, hex, tops);
  const layers = whatRequires
    ? [node(top), ...layersOn(ctx, top, childLayers(ctx), tops)]
    : [...below.toReversed(), top].map(node);
  return { id, names, size, layers };
}

function layerNode(ctx: Context, id: string, tops: Map<string, TopImage[]>): LayerNode {
  const size = layerSize(readLayerRecord(storePaths(ctx), `sha256:${id}`));
  return { id, size, tags: (tops.get(id) ?? []).flatMap(({ names }) => names), children: [] };
}

function layersOn(
  ctx: Context,
  id: string,
  children: Map<string, string[]>,
  tops: Map<string, TopImage[]>,
): LayerNode[] {
  return (children.get(id) ?? []).map((child) => ({
    ...layerNode(ctx, child, tops),
    children: layersOn(ctx, child, children, tops),
  }));
}

/** The layers of the store by the one that they lie on. */
function childLayers(ctx: Context): Map<string, string[]> {
  const store = storePaths(ctx);
  const children = new Map<string, string[]>();
  for (const hex of listDirectory(store.layers).sort()) {
    const parent = ifWhole(() => readLayerRecord(store, `sha256:${hex}`))?.parent?.slice(7);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), hex]);
  }
  return children;
}
