import { imageNotKnown } from '../../image/find/ensure-image';
import { resolveImage } from '../../image/find/resolve';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { compareLayers, layerChanges } from '../../runtime/layer-tree';
import type { LayerDirectory, TreeChange } from '../../runtime/layer-tree';
import { latestContainer, loadRecord, lookUpContainer } from '../find';
import { containerLayers, writtenLayer } from './container-layers';

/** What may be meant by the names of a `diff`. */
export type DiffKind = 'any' | 'container' | 'image';

/** What was asked of `diff`. */
export interface DiffRequest {
  kind: DiffKind;
  /** Absent with `latest`. */
  name: string | undefined;
  latest?: boolean;
  /** Compared with this one instead of the layers below. */
  from?: string | undefined;
}

/**
 * Paths that the engine mounts or makes itself. Source: Podman, libpod/diff.go, containerMounts.
 */
const OWN_PATHS = new Set([
  ...['/dev', '/proc', '/run', '/sys', '/run/notify', '/run/.containerenv', '/run/secrets'],
  ...['/etc/hostname', '/etc/hosts', '/etc/resolv.conf', '/etc/mtab', '/run/tspod-init'],
]);

/** The changes of a container, or of an image's top layer, against what is below or another one. Error `not-found`. */
export function listChanges(ctx: Context, request: DiffRequest): TreeChange[] {
  const changes = allChanges(ctx, request);
  return changes.filter(({ path }) => !OWN_PATHS.has(path.toString('latin1')));
}

function allChanges(ctx: Context, { kind, name, latest, from }: DiffRequest): TreeChange[] {
  const to = latest === true ? latestContainer(ctx).id : (name ?? '');
  const layers = findLayers(ctx, kind, to, from === undefined);
  if (from === undefined) return layers.length === 0 ? [] : layerChanges(ctx, layers);
  return compareLayers(ctx, findLayers(ctx, kind, from, false), layers);
}

/** The directories from top to bottom; `isWritten`: the first one is to be what a container has written. */
function findLayers(ctx: Context, kind: DiffKind, name: string, isWritten: boolean): LayerDirectory[] {
  const id = kind === 'image' ? undefined : lookUpContainer(ctx, name);
  if (id !== undefined) {
    const record = loadRecord(ctx, id);
    if (isWritten) writtenLayer(ctx, record);
    return containerLayers(ctx, record);
  }
  const image = kind === 'container' ? undefined : resolveImage(ctx, name);
  if (image !== undefined) return image.layers.map((path) => ({ path }));
  if (kind === 'image') throw imageNotKnown(name);
  const missing = kind === 'container' ? 'container not known' : 'layer not known';
  throw new TspodError('not-found', `${name} not found: ${missing}`);
}
