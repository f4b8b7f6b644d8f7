import type { Context } from '../../lib/context';
import { TspodError, describeError, wrapError } from '../../lib/errors';
import { readImageIndex } from '../../store/image-index';
import type { IndexEntry } from '../../store/image-index';
import { storePaths } from '../../store/store-paths';
import { findImage } from '../find/find-image';
import { readBlob, readImageRecord } from '../find/image-record';
import { parseManifest } from '../format/manifest';
import type { Descriptor } from '../format/manifest';
import { choosePlatform } from '../format/platform';
import type { Platform } from '../format/platform';
import { dockerReference, parseReference, repositoryOf } from '../name/reference';
import type { ImageReference } from '../name/reference';
import type { RegistryOptions } from '../registry/types';
import { parseTransport } from '../transport/parse-transport';
import { parseList } from './list-content';
import type { ListedManifest, ListPlatform } from './list-content';
import { fetchConfig, fetchFirst } from './remote-manifest';
import type { FoundManifest } from './remote-manifest';

/** An image that is to be put on a list. */
export interface ListInstance {
  listed: ListedManifest;
  /** `docker://host/path`; undefined: the store has it. */
  source: string | undefined;
}

/** How images are looked for. */
export interface InstanceOptions {
  /** Of a list all images, not only the one for the platform. */
  all: boolean;
  /** Which image of a list; by default this machine's. */
  platform?: Platform;
  registry: RegistryOptions;
}

/**
 * What a name adds to a list: an image of the store, else of a registry; of a list one image, or all. Nothing is
 * fetched but manifests. Errors: `not-found`, `unsupported` (another transport), those of the registry.
 */
export async function findInstances(
  ctx: Context,
  name: string,
  options: InstanceOptions,
): Promise<ListInstance[]> {
  return locate(name, 'are not put on lists', {
    locally: (text) => findLocally(ctx, text, options),
    remotely: (reference) => findRemotely(ctx, reference, options),
  });
}

/** The manifest that a name leads to, of an image or a list of the store, else of a registry. Errors: as of `findInstances`. */
export async function findSubject(ctx: Context, name: string): Promise<Descriptor> {
  return locate(name, 'are not referred to', {
    locally(text) {
      const entry = findImage(ctx, readImageIndex(storePaths(ctx)), text);
      return entry && { mediaType: entry.mediaType, digest: entry.digest, size: entry.size };
    },
    async remotely(reference) {
      const { mediaType, digest, bytes } = await fetchFirst(ctx, reference, {});
      return { mediaType, digest, size: bytes.length };
    },
  });
}

/** Where something is looked for. */
interface Places<T> {
  locally: (name: string) => T | undefined;
  remotely: (reference: ImageReference) => Promise<T>;
}

async function locate<T>(name: string, refusal: string, { locally, remotely }: Places<T>): Promise<T> {
  const place = parseTransport(name);
  if (place !== undefined && place.transport !== 'docker' && place.transport !== 'containers-storage') {
    throw new TspodError('unsupported', `"${name}": images of ${place.transport}: ${refusal}`, {
      hint: `bring it into the store first: tspod pull ${name}`,
    });
  }
  const text = place?.path ?? name;
  const local = place?.transport === 'docker' ? undefined : locally(text);
  if (local !== undefined) return local;
  if (place?.transport === 'containers-storage')
    throw new TspodError('not-found', `${text}: image not known`);
  const reference = dockerReference(parseReference(text));
  try {
    return await remotely(reference);
  } catch (error) {
    if (place !== undefined) throw wrapError(`looking at "${name}"`, error);
    const reason = describeError(error);
    const code = error instanceof TspodError ? error.code : 'system';
    throw new TspodError(code, `"${name}": image not known here, and its registry says: ${reason}`, {
      cause: error,
    });
  }
}

function findLocally(ctx: Context, name: string, options: InstanceOptions): ListInstance[] | undefined {
  const store = storePaths(ctx);
  const entries = readImageIndex(store);
  const entry = findImage(ctx, entries, name);
  if (entry?.list === undefined) return entry && [ofEntry(ctx, entry)];
  const { manifests } = parseList(readBlob(store, entry.digest));
  const { sources } = entry.list;
  return chosenOf(manifests, options).map((listed) => ({ listed, source: sources[listed.digest] }));
}

function ofEntry(ctx: Context, entry: IndexEntry): ListInstance {
  const { mediaType, digest, size } = entry;
  const { config } = readImageRecord(storePaths(ctx), entry);
  return { listed: { mediaType, size, digest, platform: platformOf(config) }, source: undefined };
}

async function findRemotely(
  ctx: Context,
  reference: ImageReference,
  options: InstanceOptions,
): Promise<ListInstance[]> {
  const found = await fetchFirst(ctx, reference, options.registry);
  const source = `docker://${repositoryOf(reference)}`;
  const parsed = parseManifest(found.bytes);
  if ('config' in parsed) return [{ listed: await describe(found), source }];
  const chosen = chosenOf(parseList(found.bytes).manifests, options);
  return chosen.map((listed) => ({ listed, source }));
}

/** The platform of a single image is in its configuration. */
async function describe(found: FoundManifest): Promise<ListedManifest> {
  const { mediaType, digest, bytes } = found;
  const config = await fetchConfig(found);
  return {
    mediaType,
    size: bytes.length,
    digest,
    ...(config === undefined ? {} : { platform: platformOf(config) }),
  };
}

function chosenOf(
  manifests: readonly ListedManifest[],
  { all, platform }: InstanceOptions,
): readonly ListedManifest[] {
  return all ? manifests : [choosePlatform(manifests as Parameters<typeof choosePlatform>[0], platform)];
}

function platformOf(config: { architecture?: string; os?: string; variant?: string }): ListPlatform {
  const { architecture = '', os = '', variant } = config;
  return { architecture, os, ...(variant ? { variant } : {}) };
}
