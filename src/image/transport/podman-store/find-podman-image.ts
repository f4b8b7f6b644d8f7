import { existsSync, readFileSync } from 'node:fs';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { digestOf } from '../../../store/digest';
import { readJsonFile } from '../../../sys/file-io';
import { matchImage } from '../../find/find-image';
import type { IndexEntry } from '../../../store/image-index';

/** An image in a store of Podman's (containers/storage, driver overlay). */
export interface PodmanImage {
  /** 64 hexadecimal digits: of the configuration's digest. */
  id: string;
  names: string[];
  config: Buffer;
  /** From bottom to top. */
  layers: PodmanLayer[];
}

/** A layer there: `diff` is its unpacked tree, `notes` what its archive is put together with. */
export interface PodmanLayer {
  diffId: string;
  diff: string;
  notes: string;
}

interface ImageEntry {
  id: string;
  names?: string[];
  layer?: string;
}

interface LayerEntry {
  id: string;
  parent?: string;
  'diff-digest'?: string;
}

/**
 * Finds an image by name or id: `NAME`, or `[overlay@ROOT]NAME` for a store that lies elsewhere than by default. Errors:
 * `not-found`, `unsupported` for another storage driver.
 */
export function findPodmanImage(ctx: Context, text: string): PodmanImage {
  const { root, name } = splitName(ctx, text);
  const images = (readJsonFile(`${root}/overlay-images/images.json`) ?? noStore(root)) as ImageEntry[];
  const entry = choose(ctx, images, name);
  if (entry === undefined) {
    throw new TspodError('not-found', `Podman's store "${root}" has no such image`, {
      hint: 'list what it has with "podman images"',
    });
  }
  return {
    id: entry.id,
    names: entry.names ?? [],
    config: readConfig(root, entry),
    layers: readLayers(root, entry),
  };
}

function splitName(ctx: Context, text: string): { root: string; name: string } {
  const match = /^\[([^\]]*)\](.*)$/.exec(text);
  if (match === null) return { root: defaultRoot(ctx), name: text.replace(/^@/, '') };
  const [driver, rest = ''] = (match[1] ?? '').split('@');
  if (driver !== 'overlay' && driver !== '')
    throw new TspodError(
      'unsupported',
      `Podman's storage driver "${driver ?? ''}": only overlay can be read`,
    );
  return { root: rest.replace(/[+:].*$/, '') || defaultRoot(ctx), name: (match[2] ?? '').replace(/^@/, '') };
}

function defaultRoot({ uid, env, home }: Context): string {
  if (uid === 0) return '/var/lib/containers/storage';
  return `${env['XDG_DATA_HOME'] || `${home}/.local/share`}/containers/storage`;
}

function noStore(root: string): never {
  if (existsSync(`${root}/vfs-images`))
    throw new TspodError(
      'unsupported',
      `Podman's store "${root}" is of the driver vfs: only overlay can be read`,
      {
        hint: 'use "podman save IMAGE | tspod load"',
      },
    );
  throw new TspodError('not-found', `there is no store of Podman's in "${root}"`, {
    hint: 'where it lies elsewhere, write containers-storage:[overlay@ROOT]NAME',
  });
}

/** By the rules by which tspod finds its own images. */
function choose(ctx: Context, images: readonly ImageEntry[], text: string): ImageEntry | undefined {
  const entries: IndexEntry[] = images.flatMap(({ id, names = [] }) =>
    [...names, undefined].map((name) => ({ mediaType: '', digest: '', size: 0, name, imageId: id })),
  );
  const found = matchImage(ctx, entries, text)?.entry.imageId;
  return images.find(({ id }) => id === found);
}

/** Source: containers/storage, makeBigDataBaseName: names with other characters than letters and digits are in base64. */
function readConfig(root: string, { id }: ImageEntry): Buffer {
  const key = `sha256:${id}`;
  const config = readFileSync(`${root}/overlay-images/${id}/=${Buffer.from(key).toString('base64')}`);
  if (digestOf(config) !== key)
    throw new TspodError('invalid', `the configuration of ${id.slice(0, 12)} in Podman's store is damaged`);
  return config;
}

function readLayers(root: string, image: ImageEntry): PodmanLayer[] {
  const known = readJsonFile(`${root}/overlay-layers/layers.json`) as LayerEntry[] | undefined;
  const byId = new Map((known ?? []).map((layer) => [layer.id, layer]));
  const layers: PodmanLayer[] = [];
  let next = image.layer || undefined;
  while (next !== undefined && layers.length <= byId.size) {
    const layer = byId.get(next);
    const diffId = layer?.['diff-digest'];
    if (diffId === undefined)
      throw new TspodError('invalid', `Podman's store has lost the layer ${next.slice(0, 12)}`);
    const notes = `${root}/overlay-layers/${next}.tar-split.gz`;
    layers.unshift({ diffId, diff: `${root}/overlay/${next}/diff`, notes });
    next = layer?.parent || undefined;
  }
  return layers;
}
