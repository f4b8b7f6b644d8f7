import { existsSync, statSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { Staging } from '../../store/staging';
import { checkSource } from '../archive/check-source';
import { openDirectoryFiles, openTarFiles } from '../archive/archive-files';
import type { ArchiveFiles } from '../archive/archive-files';
import type { ArchivedImage } from '../archive/archived-image';
import { readDirArchive } from '../archive/dir-archive';
import { readDockerArchive } from '../archive/docker-archive';
import { readOciArchive } from '../archive/oci-archive';
import { openPlainFile } from '../archive/open-archive';
import type { OpenArchive } from '../archive/open-archive';
import type { Platform } from '../format/platform';
import { dockerReference, formatReference, localReference, parseReference } from '../name/reference';
import type { Transport, TransportReference } from './parse-transport';
import { openPodmanImage } from './podman-store/open-podman-image';

/** What is taken from a place. */
export interface TransportOptions {
  place: TransportReference;
  staging: Staging;
  /** Of lists; by default this machine's. */
  platform?: Platform | undefined;
  /** `--signature-policy`: instead of the policy.json that is looked for. */
  policyFile?: string | undefined;
}

/**
 * Opens the images at a place outside of the store: an archive or directory, or a local Podman's store. Names are those
 * that Podman gives them: none of `dir:` and of `oci:` without a reference. `docker://` is not for this function.
 * Errors: `not-found`, `invalid`, `unsupported`, `usage`, `denied` by policy.json.
 */
export async function openTransport(
  ctx: Context,
  { place, staging, platform, policyFile }: TransportOptions,
): Promise<OpenArchive> {
  const { transport, path } = place;
  if (transport === 'docker') throw new TspodError('usage', `docker://${path} is in a registry`);
  if (transport === 'containers-storage') {
    checkSource(ctx, { transport, path, policyFile });
    return openPodmanImage(ctx, path, staging);
  }
  if (!existsSync(path)) {
    throw new TspodError('not-found', `"${path}": no such file or directory`);
  }
  checkSource(ctx, { transport, path, policyFile });
  const files = await openFiles(transport, path, staging);
  try {
    return { images: readers[transport](files, place.reference, platform), close: () => files.close() };
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

/** Reads the images that a reference means; of lists those for the platform. */
type ReadTransport = (
  files: ArchiveFiles,
  reference: string | undefined,
  platform: Platform | undefined,
) => ArchivedImage[];

const readers: Record<FileTransport, ReadTransport> = {
  dir: (files, _reference, platform) => readDirArchive(files, platform),
  oci: (files, reference, platform) =>
    reference === undefined
      ? only(readOciArchive(files, platform)).map((image) => ({ ...image, names: [] }))
      : byName(readOciArchive(files, platform), localName(reference)),
  'oci-archive': (files, reference, platform) =>
    reference === undefined
      ? only(readOciArchive(files, platform))
      : byName(readOciArchive(files, platform), localName(reference)),
  'docker-archive': (files, reference) => {
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
