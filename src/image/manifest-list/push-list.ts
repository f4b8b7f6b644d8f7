import type { Context } from '../../lib/context';
import { describeError, TspodError, wrapError } from '../../lib/errors';
import { digestOf } from '../../store/digest';
import { readImageIndex } from '../../store/image-index';
import type { IndexEntry } from '../../store/image-index';
import { openStore } from '../../store/open-store';
import { makeStaging } from '../../store/staging';
import type { Staging } from '../../store/staging';
import type { StorePaths } from '../../store/store-paths';
import { lockContentShared } from '../remove/collect-garbage';
import type { BlobEvent } from '../copy-report';
import { openTarget, pushToRegistry } from '../push/push-registry';
import { dockerReference, parseReference } from '../name/reference';
import type { ImageReference } from '../name/reference';
import { pushTarget } from '../registry/endpoints';
import type { RegistryOptions, Repository } from '../registry/types';
import type { ManifestKind } from '../../store/media-types';
import { openCompressor } from '../transport/packed-layer';
import type { Compression, Compressor } from '../transport/packed-layer';
import { localTransport } from '../transport/parse-transport';
import type { TransportReference } from '../transport/parse-transport';
import { readStoredImage } from '../transport/stored-image';
import { addVariants, checkVariants } from './add-variants';
import type { CompressionFormat, PushedInstance, VariantOptions } from './add-variants';
import { copyRemote } from './copy-remote';
import { listBytes, listTypes, typed } from './list-content';
import type { ListedManifest, ManifestList } from './list-content';
import { requireList } from './local-list';
import type { LocalList } from './local-list';
import { fetchFirst } from './remote-manifest';

/** How a list is pushed. */
export interface PushListOptions {
  /** A name in a registry, or a place with a transport; undefined: the list's own name. */
  destination: string | undefined;
  /** Its images too. */
  all: boolean;
  /** Absent: as the list and its images are. */
  kind?: ManifestKind;
  compression: Compression;
  force: boolean;
  /** Further forms of the images: for each platform that lacks it, one with layers of the format. */
  addCompression?: readonly CompressionFormat[];
  /** The same, where it can be done: what cannot is told of at level `warn`. */
  wish?: readonly CompressionFormat[];
  registry: RegistryOptions;
  note: (line: string) => void;
  /** As of PushOptions. */
  progress?: (event: BlobEvent) => void;
}

interface Push extends PushListOptions {
  formats: readonly CompressionFormat[];
  compressor: Compressor;
  ctx: Context;
  store: StorePaths;
  staging: Staging;
  reference: ImageReference;
  repository: Repository;
  sources: Record<string, string>;
}

/**
 * Pushes a list, and its images before it: those of the store as `push` does, those of registries from there. What a push
 * changes (layers that are compressed on the way) the list follows. Returns the digest of the list.
 */
export async function pushList(ctx: Context, name: string, options: PushListOptions): Promise<string> {
  const compressor = await openCompressor(ctx, options.compression);
  const list = requireList(ctx, name);
  const destination = options.destination ?? list.name ?? name;
  const place = localTransport(destination);
  const formats = variantsFor(ctx, list, { ...options, isLocal: place !== undefined });
  const store = openStore(ctx);
  const lock = lockContentShared(store);
  const staging = makeStaging(store);
  const shared = { ...options, formats, compressor, ctx, store, staging, sources: list.state.sources };
  try {
    if (place !== undefined) return await write(list.content, { ...shared, place });
    const reference = destinationOf(destination);
    const repository = pushTarget(ctx, reference, options.registry);
    return await push(list.content, { ...shared, reference, repository });
  } catch (error) {
    throw wrapError(`pushing ${name} to ${destination}`, error);
  } finally {
    staging.remove();
    lock.release();
  }
}

/** The further forms that are to be pushed. */
function variantsFor(
  ctx: Context,
  { content, state: { sources } }: LocalList,
  { addCompression = [], wish = [], ...how }: PushListOptions & { isLocal: boolean },
): readonly CompressionFormat[] {
  checkVariants(addCompression, how);
  if (wish.length === 0) return addCompression;
  try {
    checkVariants(wish, how);
    for (const { digest } of content.manifests) checkStored(digest, sources[digest]);
    return wish;
  } catch (error) {
    ctx.log('warn', `add_compression of containers.conf is left out here: ${describeError(error)}`);
    return [];
  }
}

/** Into a directory or an archive. */
async function write(
  content: ManifestList,
  options: Omit<Push, 'reference' | 'repository'> & { place: TransportReference },
): Promise<string> {
  const { ctx, sources, registry, kind, compressor, force, staging, store, place, all, note } = options;
  const { writeList } = await import('./write-list');
  return writeList(content, {
    ...{ store, place, all, note },
    prepare: { staging, compress: true, compressor, force, ...(kind === undefined ? {} : { kind }) },
    async find(listed) {
      const source = sources[listed.digest];
      if (source === undefined) return readStoredImage(store, storedEntry(store, listed));
      return (await fetchFirst(ctx, sourceOf(source, listed), registry)).repository;
    },
    finish: (changed) => {
      const list = inKind(typed(changed), place.transport === 'dir' ? kind : 'oci');
      return { bytes: listBytes(list), mediaType: list.mediaType };
    },
  });
}

async function push(content: ManifestList, options: Push): Promise<string> {
  const { all, note, repository, reference, formats } = options;
  const instances: PushedInstance[] = [];
  const count = content.manifests.length;
  if (all) note(`Copying ${count} images generated from ${count} images in list`);
  for (const [at, listed] of content.manifests.entries()) {
    if (all) note(`Copying image ${listed.digest} (${at + 1}/${count})`);
    instances.push({ original: listed, pushed: all ? await pushInstance(listed, options) : listed });
  }
  const pushAs: VariantOptions['pushAs'] = (listed, format) => pushVariant(listed, format, options);
  const manifests =
    formats.length > 0
      ? await addVariants(instances, { repository, formats, pushAs })
      : instances.map(({ pushed }) => pushed);
  const list = inKind(typed({ ...content, manifests }), options.kind);
  const bytes = listBytes(list);
  const digest = digestOf(bytes);
  if (reference.digest !== undefined && reference.digest !== digest) {
    throw new TspodError('usage', `the list to be written has the digest ${digest}`);
  }
  note('Writing manifest list to image destination');
  await repository.putManifest(reference.tag ?? digest, bytes, list.mediaType);
  return digest;
}

async function pushInstance(listed: ListedManifest, options: Push): Promise<ListedManifest> {
  const { ctx, repository, sources, registry, kind, note } = options;
  const source = sources[listed.digest];
  if (source === undefined) return pushLocal(listed, options);
  if (kind !== undefined && listed.mediaType.startsWith('application/vnd.oci.') !== (kind === 'oci')) {
    throw new TspodError(
      'unsupported',
      `--format ${kind}: the image ${listed.digest} of ${source} is of the other format`,
      {
        hint: 'pull it, and add it to the list from the store',
      },
    );
  }
  const found = await fetchFirst(ctx, sourceOf(source, listed), registry);
  await copyRemote(found.repository, repository, listed.digest, note);
  return listed;
}

async function pushVariant(
  listed: ListedManifest,
  format: CompressionFormat,
  options: Push,
): Promise<ListedManifest> {
  checkStored(listed.digest, options.sources[listed.digest]);
  options.note(`Copying image ${listed.digest} with ${format} layers`);
  const compressor = await openCompressor(options.ctx, { format });
  return pushLocal(listed, {
    ...options,
    compressor,
    force: true,
    ...(format === 'zstd' ? { kind: 'oci' } : {}),
  });
}

function checkStored(digest: string, source: string | undefined): void {
  if (source === undefined) return;
  throw new TspodError('unsupported', `--add-compression: the image ${digest} lies in ${source}`, {
    hint: 'pull it, and add it to the list from the store',
  });
}

async function pushLocal(listed: ListedManifest, options: Push): Promise<ListedManifest> {
  const { ctx, store, staging, repository, registry, kind, compressor, force, note, progress } = options;
  const entry = storedEntry(store, listed);
  const reference = { ...options.reference, tag: undefined, digest: undefined };
  const digest = await pushToRegistry(ctx, store, {
    target: await openTarget(ctx, reference, registry, listed.digest),
    atOnce: registry.atOnce,
    image: readStoredImage(store, entry),
    prepare: { staging, compress: true, compressor, force, ...(kind === undefined ? {} : { kind }) },
    note,
    progress,
  });
  if (digest === listed.digest) return listed;
  const head = await repository.headManifest(digest);
  if (head === undefined) throw new TspodError('invalid', `the registry has lost the manifest ${digest}`);
  return { ...listed, mediaType: head.mediaType, digest, size: head.size };
}

function sourceOf(source: string, { digest }: ListedManifest): ImageReference {
  return { ...parseReference(source.replace(/^docker:\/\//, '')), digest };
}

function storedEntry(store: StorePaths, { digest }: ListedManifest): IndexEntry {
  const entry = readImageIndex(store).find((each) => each.digest === digest && each.list === undefined);
  if (entry !== undefined) return entry;
  throw new TspodError('not-found', `the image ${digest} of the list is not in the store any more`, {
    hint: 'add it again, or take it off with "tspod manifest remove"',
  });
}

/** Docker's lists have no annotations. */
function inKind(list: ManifestList, kind: ManifestKind | undefined): ManifestList {
  if (kind === undefined || list.mediaType === listTypes[kind]) return list;
  if (kind === 'oci') return { ...list, mediaType: listTypes.oci };
  const { schemaVersion, manifests } = list;
  return {
    schemaVersion,
    mediaType: listTypes.v2s2,
    manifests: manifests.map(({ annotations: _none, ...rest }) => rest),
  };
}

function destinationOf(text: string): ImageReference {
  const reference = dockerReference(parseReference(text.replace(/^docker:\/\//, '')));
  if (reference.domain !== 'localhost') return reference;
  throw new TspodError('usage', `"${text}" is a name of this machine only, not of a registry`, {
    hint: 'name a destination: tspod manifest push LIST REGISTRY/NAME:TAG',
  });
}
