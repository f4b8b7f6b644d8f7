import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { addImage } from '../add/add-image';
import type { ArchivedImage } from '../archive/archived-image';
import { beginAdding } from '../add/begin-adding';
import type { AddedImage } from '../add/commit-image';
import { parseImageConfig } from '../format/image-config';
import { fitsPlatform, mismatchOf } from '../format/platform';
import type { Platform } from '../format/platform';
import { openTransport } from './open-transport';
import { parseTransport } from './parse-transport';

/** How images are taken from a place. */
export interface TakeOptions {
  /** Absent: this machine's. */
  platform?: Platform | undefined;
  /** `--signature-policy`: instead of the policy.json that is looked for. */
  policyFile?: string | undefined;
  /** Told of each step, a line each. */
  note?: ((line: string) => void) | undefined;
}

/**
 * Brings the images at a place with a transport (`oci:PATH` and the like, not `docker://`) into the store. Needs all ids
 * of the user. An image that fails leaves nothing behind; those before it stay.
 */
export async function* takeImages(
  ctx: Context,
  text: string,
  { platform, policyFile, note }: TakeOptions,
): AsyncGenerator<AddedImage> {
  const place = parseTransport(text);
  if (place === undefined) throw new TspodError('usage', `"${text}": expected TRANSPORT:DETAILS`);
  const adding = beginAdding(ctx);
  try {
    const archive = await openTransport(ctx, { place, staging: adding.staging, platform, policyFile });
    try {
      for (const image of archive.images) {
        warnOfPlatform(ctx, image, platform);
        yield await addImage(adding.store, image, { ...adding, note });
      }
    } finally {
      archive.close();
    }
  } finally {
    adding.close();
  }
}

function warnOfPlatform(ctx: Context, image: ArchivedImage, wanted: Platform = {}): void {
  const config = parseImageConfig(image.config, image.layers.length);
  if (!fitsPlatform(config, wanted)) ctx.log('warn', mismatchOf(config, wanted));
}
