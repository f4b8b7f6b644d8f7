import { existsSync } from 'node:fs';
import { TspodError } from '../../lib/errors';
import { createDirectorySink } from '../../store/sink/directory-sink';
import { listDirectory } from '../../store/staging';
import type { StorePaths } from '../../store/store-paths';
import type { CopyReport } from '../copy-report';
import { dockerReference, formatReference, parseReference } from '../name/reference';
import { listedIn } from './layout-index';
import { writeArchive } from './output-file';
import type { TransportReference } from './parse-transport';
import { prepareImage } from './prepare-image';
import type { PrepareOptions } from './prepare-image';
import { writeDockerArchive } from './write-docker-archive';
import type { NamedImage } from './write-docker-archive';
import { writeDir, writeOci } from './write-oci';

/** Where an image is written to, and in which form. */
export interface TransportTarget extends CopyReport {
  place: TransportReference;
  prepare: PrepareOptions;
}

/**
 * Writes an image to an archive or a directory and returns the digest of its manifest. An oci-archive is replaced, an
 * image is added to a directory of `oci:`, a docker-archive is not changed. Errors: `exists`, `unsupported`.
 */
export async function writeTransport(
  store: StorePaths,
  named: NamedImage,
  { place, prepare, ...report }: TransportTarget,
): Promise<string> {
  const { transport, path, reference } = place;
  if (transport === 'docker' || transport === 'containers-storage') {
    throw new TspodError('unsupported', `${transport}: images are not written there`, {
      hint: 'use "tspod save IMAGE | podman load"',
    });
  }
  const { staging } = prepare;
  if (transport === 'docker-archive') {
    const images = [withName(named, reference)];
    await writeArchive({ path, replace: false, staging }, (sink) =>
      writeDockerArchive(store, sink, { ...report, images }),
    );
    return named.image.manifest.digest;
  }
  // what lies in an OCI layout has manifests of OCI
  const isOci = transport !== 'dir';
  const image = await prepareImage(store, named.image, isOci ? { kind: 'oci', ...prepare } : prepare);
  const name = reference === undefined ? {} : { name: reference };
  if (transport === 'oci-archive') {
    await writeArchive({ path, replace: true, staging }, (sink) =>
      writeOci(sink, image, { ...report, ...name }),
    );
  } else if (transport === 'oci') {
    await writeOci(createDirectorySink(path), image, { ...name, ...report, listed: listedIn(path) });
  } else {
    checkDirectory(path);
    await writeDir(createDirectorySink(path), image, report);
  }
  return image.manifest.digest;
}

/** A reference of the archive stands before the image's own names. */
function withName({ image, names }: NamedImage, reference: string | undefined): NamedImage {
  if (reference === undefined) return { image, names };
  const { digest, ...parsed } = parseReference(reference);
  if (digest !== undefined)
    throw new TspodError('usage', `docker-archive: "${reference}": a name with a digest cannot be written`);
  return { image, names: [formatReference(dockerReference({ ...parsed, digest })), ...names] };
}

/** Anything but an image would be mixed with one. Error `exists`. */
export function checkDirectory(path: string): void {
  if (!existsSync(path) || existsSync(`${path}/version`) || listDirectory(path).length === 0) return;
  throw new TspodError('exists', `"${path}" is not empty and holds no image of the transport dir:`);
}
