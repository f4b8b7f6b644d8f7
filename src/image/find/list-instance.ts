import { ifWhole, TspodError } from '../../lib/errors';
import type { IndexEntry } from '../../store/image-index';
import type { StorePaths } from '../../store/store-paths';
import { readBlob } from './image-record';
import { parseManifest } from '../format/manifest';
import { choosePlatform, platformName } from '../format/platform';
import type { Platform } from '../format/platform';

/**
 * The image that an entry stands for: itself, or of a list of manifests the one for the platform, by default this
 * machine's. Error `not-found`: the list has none, or the store has not the one that it names.
 */
export function instanceFor(
  store: StorePaths,
  entries: readonly IndexEntry[],
  entry: IndexEntry,
  platform: Platform = {},
): IndexEntry {
  if (entry.list === undefined) return entry;
  const list = parseManifest(readBlob(store, entry.digest));
  const manifests = 'manifests' in list ? list.manifests : [];
  const wanted = ifWhole(() => choosePlatform(manifests, platform))?.digest;
  const found = entries.find(({ digest, list: inner }) => digest === wanted && inner === undefined);
  if (found !== undefined) return { ...found, name: found.name ?? entry.name };
  const name = entry.name ?? entry.imageId;
  const what = wanted === undefined ? 'has no image' : 'names an image that is not in the store';
  throw new TspodError('not-found', `the manifest list ${name} ${what} for ${platformName(platform)}`, {
    hint: `"tspod manifest inspect ${name}" tells what it has`,
  });
}
