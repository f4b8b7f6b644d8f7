import { existsSync, statSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { Staging } from '../../store/staging';
import { openDirectoryFiles, openTarFiles } from '../archive/archive-files';
import type { ArchiveFiles } from '../archive/archive-files';
import type { ArchivedImage } from '../archive/archived-image';
import { readDirArchive } from '../archive/dir-archive';
import { readDockerArchive } from '../archive/docker-archive';
import { readOciArchive } from '../archive/oci-archive';
import { openPlainFile } from '../archive/open-archive';
import type { OpenArchive } from '../archive/open-archive';
import { dockerReference, formatReference, localReference, parseReference } from '../reference';
import type { Transport, TransportReference } from './parse-transport';
import { openPodmanImage } from './podman-store/open-podman-image';

/**
 * Opens the images at a place outside of the store: an archive or directory, or a local Podman's store. Names are those
 * that Podman gives them: none of `dir:` and of `oci:` without a reference. `docker://` is not for this function.
 * Errors: `not-found`, `invalid`, `unsupported`, `usage`.
 */
export async function openTransport(
  ctx: Context,
  place: TransportReference,
  staging: Staging,
): Promise<OpenArchive> {
  const { transport, path } = place;
  if (transport === 'containers-storage') return openPodmanImage(ctx, path, staging);
  if (transport === 'docker') throw new TspodError('usage', `docker://${path} is in a registry`);
  if (!existsSync(path)) {
    throw new TspodError('not-found', `"${path}": no such file or directory`);
  }
  const files = await openFiles(transport, path, staging);
  try {
    return { images: readers[transport](files, place), close: () => files.close() };
  } catch (error) {
    files.close();
    throw error;
  }
}

type FileTransport = Exclude<Transport, 'docker' | 'containers-storage'>;

async function openFiles(transport: FileTransport, path: string, staging: Staging): Promise<ArchiveFiles> {
  const isDirectory = statSync(path).isDirectory();
  if (isDirectory === (transport === 'oci' || transport === 'dir')) {
    return isDirectory ? openDirectoryFiles(path) : openTarFiles(await openPlainFile(path, staging));
  }
  const expected = isDirectory ? 'a file, but it is a directory' : 'a directory, but it is a file';
  throw new TspodError('invalid', `"${path}": expected ${expected}`);
}

const readers: Record<FileTransport, (files: ArchiveFiles, place: TransportReference) => ArchivedImage[]> = {
  dir: readDirArchive,
  oci: (files, { reference }) =>
    reference === undefined
      ? only(readOciArchive(files)).map((image) => ({ ...image, names: [] }))
      : byName(readOciArchive(files), localName(reference)),
  'oci-archive': (files, { reference }) =>
    reference === undefined
      ? only(readOciArchive(files))
      : byName(readOciArchive(files), localName(reference)),
  'docker-archive': (files, { reference }) => {
    const images = readDockerArchive(files);
    if (reference === undefined) return images;
    const index = /^@(\d{1,9})$/.exec(reference)?.[1];
    if (index === undefined) {
      const name = formatReference(dockerReference(parseReference(reference)));
      return byName(images, name, localName(reference));
    }
    const image = images[Number(index)];
    if (image !== undefined) return [image];
    throw new TspodError('not-found', `the archive has no image ${reference}: it holds ${images.length}`);
  },
};

function only(images: ArchivedImage[]): ArchivedImage[] {
  if (images.length === 1) return images;
  const names = images.flatMap((image) => image.names).join(', ') || 'without names';
  throw new TspodError('usage', `more than one image in the layout, choose one of them: ${names}`, {
    hint: 'add ":REFERENCE" to the path, or take all with "tspod load"',
  });
}

/** The image of the first name that there is, under that name alone. */
function byName(images: readonly ArchivedImage[], ...names: string[]): ArchivedImage[] {
  for (const name of names) {
    const image = images.find((candidate) => candidate.names.includes(name));
    if (image !== undefined) return [{ ...image, names: [name] }];
  }
  const there = images.flatMap((image) => image.names).join(', ') || 'none with a name';
  throw new TspodError(
    'not-found',
    `no descriptor found for reference "${names[0] ?? ''}": there are ${there}`,
  );
}

function localName(reference: string): string {
  return formatReference(localReference(parseReference(reference)));
}
