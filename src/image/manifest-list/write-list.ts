import { TspodError } from '../../lib/errors';
import { digestHex, digestOf } from '../../store/digest';
import { createDirectorySink } from '../../store/sink/directory-sink';
import type { FileSink } from '../../store/sink/file-sink';
import { verified } from '../../store/verified';
import type { BlobUpload, Repository } from '../registry/types';
import { listedIn } from '../transport/layout-index';
import { writeArchive } from '../transport/output-file';
import type { TransportReference } from '../transport/parse-transport';
import { prepareImage } from '../transport/prepare-image';
import type { PrepareOptions } from '../transport/prepare-image';
import { addBlobs, beginLayout, endLayout } from '../transport/write-oci';
import { checkDirectory } from '../transport/write-transport';
import type { StorePaths } from '../../store/store-paths';
import type { StoredImage } from '../transport/stored-image';
import { copyRemote } from './copy-remote';
import type { ListedManifest, ManifestList } from './list-content';

/** How a list is written. */
export interface WriteListOptions {
  store: StorePaths;
  place: TransportReference;
  prepare: PrepareOptions;
  /** Where an image of the list is: in the store, or a repository. */
  find: (listed: ListedManifest) => Promise<StoredImage | Repository>;
  /** Its images too. */
  all: boolean;
  /** The list in its final form, and its bytes. */
  finish: (content: ManifestList) => { bytes: Buffer; mediaType: string };
  note: (line: string) => void;
}

/** Where the files of one form lie. */
interface Layout {
  blob: (digest: string) => string;
  manifest: (digest: string) => string;
}

const OCI: Layout = { blob: ociPath, manifest: ociPath };
const DIR: Layout = { blob: digestHex, manifest: (digest) => `${digestHex(digest)}.manifest.json` };

function ociPath(digest: string): string {
  return `blobs/sha256/${digestHex(digest)}`;
}

/**
 * Writes a list and its images to a directory or an archive, and returns the digest of the list. Errors: `exists`,
 * `unsupported` for a place that holds one image only.
 */
export async function writeList(content: ManifestList, options: WriteListOptions): Promise<string> {
  const { transport, path } = options.place;
  switch (transport) {
    case 'oci':
      return writeLayout(createDirectorySink(path), content, options);
    case 'oci-archive': {
      let digest = '';
      await writeArchive({ path, replace: true, staging: options.prepare.staging }, async (sink) => {
        digest = await writeLayout(sink, content, options);
      });
      return digest;
    }
    case 'dir':
      checkDirectory(path);
      return writeDir(createDirectorySink(path), content, options);
    default:
      throw new TspodError('unsupported', `${transport}: it cannot hold a list of images`, {
        hint: 'name a registry, or use oci:PATH, oci-archive:PATH or dir:PATH',
      });
  }
}

async function writeLayout(
  sink: FileSink,
  content: ManifestList,
  options: WriteListOptions,
): Promise<string> {
  const { place, prepare, note } = options;
  await beginLayout(sink);
  // what lies in an OCI layout has manifests of OCI
  const manifests = await addImages(sink, content, {
    ...options,
    prepare: { kind: 'oci', ...prepare },
    layout: OCI,
  });
  const { bytes, mediaType } = options.finish({ ...content, manifests });
  const digest = digestOf(bytes);
  await sink.addBytes(ociPath(digest), bytes);
  const listed = place.transport === 'oci' ? listedIn(place.path) : [];
  const name = place.reference === undefined ? {} : { name: place.reference };
  note('Writing manifest list to image destination');
  await endLayout(sink, { mediaType, digest, size: bytes.length }, { ...name, listed });
  return digest;
}

async function writeDir(sink: FileSink, content: ManifestList, options: WriteListOptions): Promise<string> {
  await sink.addBytes('version', Buffer.from('Directory Transport Version: 1.1\n'));
  const prepare = { ...options.prepare, compress: false };
  const manifests = await addImages(sink, content, { ...options, prepare, layout: DIR });
  const { bytes } = options.finish({ ...content, manifests });
  options.note('Writing manifest list to image destination');
  await sink.addBytes('manifest.json', bytes);
  await sink.finish();
  return digestOf(bytes);
}

async function addImages(
  sink: FileSink,
  { manifests }: ManifestList,
  options: WriteListOptions & { layout: Layout },
): Promise<ListedManifest[]> {
  const { all, note } = options;
  if (!all) return manifests;
  const added: ListedManifest[] = [];
  note(`Copying ${manifests.length} images generated from ${manifests.length} images in list`);
  for (const [at, listed] of manifests.entries()) {
    note(`Copying image ${listed.digest} (${at + 1}/${manifests.length})`);
    added.push(await addImage(sink, listed, options));
  }
  return added;
}

async function addImage(
  sink: FileSink,
  listed: ListedManifest,
  { store, find, prepare, layout, note }: WriteListOptions & { layout: Layout },
): Promise<ListedManifest> {
  const found = await find(listed);
  if ('manifest' in found && typeof found.manifest === 'function') {
    checkKind(listed, prepare);
    await copyRemote(found as Repository, asRepository(sink, layout), listed.digest, note);
    return listed;
  }
  const image = await prepareImage(store, found as StoredImage, prepare);
  await addBlobs(sink, image, { pathOf: layout.blob, note });
  const { digest, mediaType, bytes } = image.manifest;
  await sink.addBytes(layout.manifest(digest), bytes);
  return { ...listed, mediaType, digest, size: bytes.length };
}

/** What comes from a registry stays byte for byte. */
function checkKind({ mediaType, digest }: ListedManifest, { kind }: PrepareOptions): void {
  if (kind === undefined || mediaType.startsWith('application/vnd.oci.') === (kind === 'oci')) return;
  throw new TspodError('unsupported', `the image ${digest} of a registry is not of the format ${kind}`, {
    hint: 'pull it, and add it to the list from the store; or write to dir:',
  });
}

/** What copyRemote() writes to. */
function asRepository(sink: FileSink, layout: Layout): Repository {
  return {
    name: '',
    hasBlob: () => Promise.resolve(undefined),
    mountBlob: () => Promise.resolve(false),
    putBlob: ({ digest, size, open }: BlobUpload) =>
      sink.addStream(layout.blob(digest), verified(open(0), { digest, size })),
    putManifest: (digest: string, bytes: Buffer) => sink.addBytes(layout.manifest(digest), bytes),
  } as Partial<Repository> as Repository;
}
