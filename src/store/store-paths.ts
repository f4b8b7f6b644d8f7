import type { Context } from '../lib/context';

/** The directories and files of the image store; see ARCHITECTURE.md. */
export interface StorePaths {
  root: string;
  index: string;
  blobs: string;
  layers: string;
  /** Metadata-only layers for other id maps, by chain id; apart from `layers`, which overlay takes as their data. */
  shifted: string;
  /** One file for each image: what `run` needs of it, made from the blobs. */
  images: string;
  containers: string;
  volumes: string;
  locks: string;
  tmp: string;
  /** Blobs that are being fetched, by digest: they outlive an interruption, so that the next pull goes on. */
  partial: string;
}

/** Where the store keeps what; touches nothing. */
export function storePaths(ctx: Context): StorePaths {
  const { root } = ctx.paths;
  return {
    root,
    index: `${root}/index.json`,
    blobs: `${root}/blobs/sha256`,
    layers: `${root}/layers`,
    shifted: `${root}/shifted`,
    images: `${root}/images`,
    containers: `${root}/containers`,
    volumes: `${root}/volumes`,
    locks: `${root}/locks`,
    tmp: `${root}/tmp`,
    partial: `${root}/partial`,
  };
}

/** The file of a blob. */
export function blobPath(store: StorePaths, hex: string): string {
  return `${store.blobs}/${hex}`;
}

/** The directory of a layer by the hexadecimal part of its chain id; `diff` in it is the unpacked layer. */
export function layerPath(store: StorePaths, chainHex: string): string {
  return `${store.layers}/${chainHex}`;
}
