import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { readImageIndex } from '../../store/image-index';
import { openStore } from '../../store/open-store';
import { createDirectorySink } from '../../store/sink/directory-sink';
import { makeStaging } from '../../store/staging';
import type { Staging } from '../../store/staging';
import { storePaths } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { lockContentShared } from '../remove/collect-garbage';
import type { CopyReport } from '../copy-report';
import { imageNotKnown } from '../find/ensure-image';
import { matchImage } from '../find/find-image';
import { instanceFor } from '../find/list-instance';
import { givenName } from '../name/reference';
import { writeArchive } from '../transport/output-file';
import { prepareImage } from '../transport/prepare-image';
import { readStoredImage } from '../transport/stored-image';
import { writeDockerArchive } from '../transport/write-docker-archive';
import type { NamedImage } from '../transport/write-docker-archive';
import { listedIn } from '../transport/layout-index';
import { writeDir, writeOci } from '../transport/write-oci';
import { recordEvent } from '../../store/events/record-event';

/** The forms of a saved image. */
export const saveFormats = ['oci-dir', 'oci-archive', 'docker-dir', 'docker-archive'] as const;

/** One of them. */
export type SaveFormat = (typeof saveFormats)[number];

/** How images are saved. */
export interface SaveOptions extends CopyReport {
  format: SaveFormat;
  /** A file or directory; undefined is standard output. */
  output: string | undefined;
  /** Whether all arguments are images; otherwise those after the first are further names for it. */
  multiple: boolean;
  /** docker-dir: compress what is not compressed. */
  compress: boolean;
  /** oci-archive and oci-dir: leave uncompressed what is. */
  uncompressed: boolean;
}

/** Writes images of the store to an archive or a directory. Errors: `not-found`, `usage`, `exists`, `invalid`. */
export async function saveImages(
  ctx: Context,
  images: readonly string[],
  options: SaveOptions,
): Promise<void> {
  const store = openStore(ctx);
  const lock = lockContentShared(store);
  const staging = makeStaging(store);
  try {
    const chosen = chooseImages(ctx, images, options);
    const left = options.format === 'docker-archive' ? [] : (chosen[0]?.names.slice(1) ?? []);
    if (left.length > 0) ctx.log('warn', `${options.format} holds one name: ${left.join(', ')} left out`);
    if (options.format === 'docker-archive') await saveDockerArchive(store, chosen, { ...options, staging });
    else for (const named of chosen) await saveOne(store, named, { ...options, staging });
    const to = options.output ?? '/dev/stdout';
    for (const { image } of chosen)
      recordEvent(ctx, { type: 'image', status: 'save', id: image.id, name: to });
  } catch (error) {
    if (error instanceof TspodError && error.code === 'not-found') throw error;
    throw wrapError(`saving ${images[0] ?? ''}`, error);
  } finally {
    staging.remove();
    lock.release();
  }
}

interface Work extends SaveOptions {
  staging: Staging;
}

function saveDockerArchive(store: StorePaths, images: NamedImage[], options: Work): Promise<void> {
  const { output, staging } = options;
  return writeArchive({ path: output, replace: false, staging }, (sink) =>
    writeDockerArchive(store, sink, { ...reportOf(options), images }),
  );
}

async function saveOne(store: StorePaths, { image, names }: NamedImage, options: Work): Promise<void> {
  const { format, output, staging } = options;
  const report = reportOf(options);
  const isOci = format !== 'docker-dir';
  const prepared = await prepareImage(store, image, {
    staging,
    kind: isOci ? 'oci' : 'v2s2',
    compress: isOci ? !options.uncompressed : options.compress,
    compressor: { format: 'gzip' },
    force: false,
  });
  if (format === 'docker-dir') return writeDir(createDirectorySink(output ?? ''), prepared, report);
  const name = names[0] === undefined ? {} : { name: names[0] };
  if (format === 'oci-dir') {
    const listed = listedIn(output ?? '');
    return writeOci(createDirectorySink(output ?? ''), prepared, { ...report, ...name, listed });
  }
  return writeArchive({ path: output, replace: true, staging }, (sink) =>
    writeOci(sink, prepared, { ...report, ...name }),
  );
}

function reportOf({ note, progress }: SaveOptions): CopyReport {
  return progress === undefined ? { note } : { note, progress };
}

/** The images that the arguments name, each once, with their names in the archive. */
function chooseImages(
  ctx: Context,
  texts: readonly string[],
  { multiple, format }: SaveOptions,
): NamedImage[] {
  const [first = '', ...further] = texts;
  if (!multiple) {
    const found = findNamed(ctx, first);
    // as Podman lists them: what is added first
    const added = further.map(givenName);
    found.names = format === 'docker-archive' ? [...added, ...found.names] : [...found.names, ...added];
    return [found];
  }
  const images = new Map<string, NamedImage>();
  for (const text of texts) {
    const found = findNamed(ctx, text);
    const known = images.get(found.image.id);
    if (known === undefined) images.set(found.image.id, found);
    else known.names.push(...found.names.filter((name) => !known.names.includes(name)));
  }
  return [...images.values()];
}

function findNamed(ctx: Context, text: string): NamedImage {
  const store = storePaths(ctx);
  const entries = readImageIndex(store);
  const match = matchImage(ctx, entries, text);
  if (match === undefined) throw imageNotKnown(text);
  const { entry, by } = match;
  const names = by === 'name' && entry.name !== undefined && !text.includes('@') ? [entry.name] : [];
  return { image: readStoredImage(store, instanceFor(store, entries, entry)), names };
}
