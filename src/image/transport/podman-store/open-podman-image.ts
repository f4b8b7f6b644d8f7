import { closeSync, openSync, unlinkSync } from 'node:fs';
import type { Context } from '../../../lib/context';
import { wrapError } from '../../../lib/errors';
import { randomId } from '../../../lib/id';
import type { FileRange } from '../../../store/file-range';
import type { Staging } from '../../../store/staging';
import type { OpenArchive } from '../../archive/open-archive';
import { findPodmanImage } from './find-podman-image';
import type { PodmanLayer } from './find-podman-image';
import { joinTar } from './tar-split';

/**
 * An image of a local Podman's store, as an archive. Its layers are put together again when they are asked for, exactly
 * as they were, so the image keeps its id; its manifest is a new one, because Podman does not keep the compressed
 * layers that the old one names. Needs all ids of the user. Errors: `not-found`, `unsupported`, `invalid`.
 */
export function openPodmanImage(ctx: Context, name: string, staging: Staging): OpenArchive {
  const image = findPodmanImage(ctx, name);
  let open: number | undefined;
  const close = (): void => {
    if (open !== undefined) closeSync(open);
    open = undefined;
  };
  const layers = image.layers.map((layer) => ({
    // one after the other: the archive of the layer before is not needed any more
    get range(): FileRange {
      close();
      const joined = join(layer, staging);
      open = joined.descriptor;
      return joined;
    },
  }));
  return { images: [{ names: image.names, config: image.config, manifest: undefined, layers }], close };
}

function join(layer: PodmanLayer, staging: Staging): FileRange {
  const file = `${staging.path}/joined-${randomId().slice(0, 8)}`;
  const descriptor = openSync(file, 'wx+', 0o600);
  unlinkSync(file);
  try {
    return { descriptor, offset: 0, size: joinTar(layer.notes, layer.diff, descriptor) };
  } catch (error) {
    closeSync(descriptor);
    throw wrapError(`reading layer ${layer.diffId.slice(7, 19)} of Podman's store`, error);
  }
}
