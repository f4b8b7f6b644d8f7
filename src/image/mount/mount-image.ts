import { mkdirSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { mountOverlay, mountPoints, unmountAll } from '../../runtime/mounts';
import { imageNotKnown } from '../find/ensure-image';
import { listImages } from '../list/list-images';
import type { ListedImage } from '../list/list-images';
import { resolveImage } from '../find/resolve';
import { recordEvent } from '../../store/events/record-event';
import { listDirectory } from '../../store/staging';

/** An image and where it is mounted. */
export interface MountedImage {
  id: string;
  /** Full names. */
  names: string[];
  path: string;
}

/** Mounts an image read-only in this mount namespace, and says where. Error `not-found`. */
export function mountImage(ctx: Context, name: string): MountedImage {
  const image = resolveImage(ctx, name);
  if (image === undefined) throw imageNotKnown(name);
  const path = mountPath(ctx, image.id);
  if (!mountPoints().has(path)) {
    const empty = `${ctx.paths.runRoot}/mounts/empty`;
    for (const directory of [path, empty]) mkdirSync(directory, { recursive: true, mode: 0o700 });
    // overlayfs wants two at least
    mountOverlay(ctx, { target: path, lowers: [...image.layers, empty] });
  }
  recordEvent(ctx, { type: 'image', status: 'mount', id: image.id });
  return { id: image.id, names: image.names, path };
}

/** Unmounts an image and returns its id. Error `not-found`. */
export function unmountImage(ctx: Context, name: string): string {
  const image = resolveImage(ctx, name);
  if (image === undefined) throw imageNotKnown(name);
  unmountAll(ctx, [mountPath(ctx, image.id)]);
  recordEvent(ctx, { type: 'image', status: 'unmount', id: image.id });
  return image.id;
}

/** The images that are mounted in this mount namespace. */
export function mountedImages(ctx: Context): MountedImage[] {
  const points = mountPoints();
  const listed = new Map<string, ListedImage>(listImages(ctx).map((image) => [image.id, image]));
  return listDirectory(`${ctx.paths.runRoot}/mounts`).flatMap((id) => {
    const path = mountPath(ctx, id);
    return points.has(path) ? [{ id, names: listed.get(id)?.names ?? [], path }] : [];
  });
}

function mountPath(ctx: Context, id: string): string {
  return `${ctx.paths.runRoot}/mounts/${id}`;
}
