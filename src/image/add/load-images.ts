import type { Context } from '../../lib/context';
import { addImage } from './add-image';
import { openArchive } from '../archive/open-archive';
import { beginAdding } from './begin-adding';
import type { AddedImage } from './commit-image';
import { shownAddress } from '../download/shown-address';
import { fetchArchive, wrapArchiveError } from './fetch-archive';
import { recordEvent } from '../../store/events/record-event';

/** How archives are loaded. */
export interface LoadOptions {
  /** `--signature-policy`: instead of the policy.json that is looked for. */
  policyFile?: string | undefined;
  /** Told of each step, a line each. */
  note?: ((line: string) => void) | undefined;
}

/**
 * Loads every image of an archive (docker-archive, oci-archive, OCI directory; plain or compressed); `path` may be an http(s) address,
 * undefined is standard input. Needs all ids of the user. An image that fails leaves nothing behind; those before it stay.
 */
export async function* loadImages(
  ctx: Context,
  path: string | undefined,
  { policyFile, note }: LoadOptions = {},
): AsyncGenerator<AddedImage> {
  const adding = beginAdding(ctx);
  try {
    const { staging } = adding;
    const found = await fetchArchive(ctx, path, { staging, note: note ?? (() => undefined) });
    const archive = await openArchive(ctx, { path: found, policyFile }, staging);
    try {
      for (const image of archive.images) {
        const added = await addImage(adding.store, image, { ...adding, note });
        recordEvent(ctx, {
          type: 'image',
          status: 'loadfromarchive',
          id: added.id,
          name: shownAddress(path ?? ''),
        });
        yield added;
      }
    } finally {
      archive.close();
    }
  } catch (error) {
    throw wrapArchiveError('loading', path, error);
  } finally {
    adding.close();
  }
}
