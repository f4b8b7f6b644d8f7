import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { openStore } from '../../store/open-store';
import { openStaging } from '../../store/staging';
import { addImage } from '../add-image';
import { lockContentShared } from '../collect-garbage';
import type { AddedImage } from '../commit-image';
import { openFileMaker } from '../open-file-maker';
import { openTransport } from './open-transport';
import { parseTransport } from './parse-transport';

/**
 * Brings the images at a place with a transport (`oci:PATH` and the like, not `docker://`) into the store. Needs all ids
 * of the user. An image that fails leaves nothing behind; those before it stay.
 */
export async function* takeImages(
  ctx: Context,
  text: string,
  note: (line: string) => void,
): AsyncGenerator<AddedImage> {
  const place = parseTransport(text);
  if (place === undefined) throw new TspodError('usage', `"${text}": expected TRANSPORT:DETAILS`);
  const store = openStore(ctx);
  const lock = lockContentShared(store);
  const staging = openStaging(store);
  const files = openFileMaker(ctx);
  const warn = (message: string): void => ctx.log('debug', message);
  try {
    const archive = await openTransport(ctx, place, staging);
    try {
      for (const image of archive.images) {
        const added = await addImage(store, image, { staging, files, warn });
        note(`Copying config sha256:${added.id}`);
        note('Writing manifest to image destination');
        yield added;
      }
    } finally {
      archive.close();
    }
  } catch (error) {
    throw wrapError(`copying ${text}`, error);
  } finally {
    files.close();
    staging.remove();
    lock.release();
  }
}
