import type { Context } from '../../lib/context';
import { chainIdsOf } from '../../store/digest';
import { openStore } from '../../store/open-store';
import { openStaging } from '../../store/staging';
import { postponeOptimizing } from '../../sys/postpone-optimizing';
import { lockContentShared } from '../remove/collect-garbage';
import { commitImage } from '../add/commit-image';
import { parseImageConfig } from '../format/image-config';
import { openFileMaker } from '../add/open-file-maker';
import { readArrivals } from './arrivals';
import { receiveLayers } from './receive-layers';

/**
 * The half of a pull that needs all ids: unpacks the layers of an image while another process fetches them and tells so on
 * `descriptor`, then lets the image appear. Returns its id. On any error, and when the other one ends, the store is as
 * before; what has been fetched stays for the next pull. `suspect` is told of a layer whose bytes make no sense.
 */
export async function receiveImage(
  ctx: Context,
  descriptor: number,
  suspect: (layer: number) => void,
): Promise<string> {
  const arrivals = readArrivals(descriptor);
  const store = openStore(ctx);
  const lock = lockContentShared(store);
  const staging = openStaging(store);
  const optimize = postponeOptimizing();
  try {
    // what nearly every layer needs is read while nothing has come
    await import('node:zlib');
    const plan = await arrivals.plan();
    const bytes = Buffer.from(plan.config, 'base64');
    const config = parseImageConfig(bytes, plan.layers.length);
    const diffIds = config.rootfs.diff_ids;
    const layers = await receiveLayers(store, {
      layers: plan.layers,
      chain: chainIdsOf(diffIds),
      openFiles: () => openFileMaker(ctx),
      warn: (message) => ctx.log('debug', message),
      // reading many headers is what optimized code is for
      many: optimize,
      ...{ diffIds, arrivals, staging, suspect },
    });
    const manifest = { ...plan.manifest, bytes: Buffer.from(plan.manifest.bytes, 'base64') };
    const { names, listDigest } = plan;
    const image = { names, config: bytes, manifest, ...(listDigest === undefined ? {} : { listDigest }) };
    return commitImage(store, image, { staging, layers, config }).id;
  } finally {
    staging.remove();
    lock.release();
    optimize();
  }
}
