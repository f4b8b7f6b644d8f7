import { closeSync, fstatSync } from 'node:fs';
import { basename } from 'node:path';
import type { Context } from '../../lib/context';
import { formatRfc3339, nowNs } from '../../lib/time';
import { addLayer, describeLayer } from '../../store/layer/add-layer';
import type { FileRange } from '../../store/file-range';
import { checkSource } from '../archive/check-source';
import { openPlainFile } from '../archive/open-archive';
import { beginAdding } from './begin-adding';
import type { CopyReport } from '../copy-report';
import { commitImage } from './commit-image';
import { shownAddress } from '../download/shown-address';
import { fetchArchive, wrapArchiveError } from './fetch-archive';
import type { ImageConfig, ImageRunConfig } from '../format/image-config';
import { hostArchitecture, hostVariant } from '../format/platform';
import { givenName } from '../name/reference';
import { recordEvent } from '../../store/events/record-event';

/** What an image is made of. */
export interface ImportOptions extends CopyReport {
  /** The archive of a root file system, or its http(s) address; undefined is standard input. */
  path: string | undefined;
  /** The image's name. */
  reference: string | undefined;
  config: ImageRunConfig;
  message: string;
  os?: string;
  architecture?: string;
  variant?: string;
}

/** Podman's. */
const DEFAULT_MESSAGE = 'imported from tarball';

/**
 * Makes an image of one layer from the archive of a root file system; returns its id. Needs all ids of the user. Errors: `denied` by
 * policy.json, and those of a download.
 */
export async function importImage(ctx: Context, options: ImportOptions): Promise<string> {
  const names = options.reference === undefined ? [] : [givenName(options.reference)];
  const { store, staging, files, warn, close } = beginAdding(ctx);
  let descriptor: number | undefined;
  try {
    checkSource(ctx, { transport: 'tarball', path: options.path });
    const path = await fetchArchive(ctx, options.path, { staging, note: options.note });
    descriptor = await openPlainFile(path, staging);
    options.note('Getting image source signatures');
    const range = watched({ descriptor, offset: 0, size: fstatSync(descriptor).size }, options);
    const staged = await addLayer(staging, 'import', { range, lowers: [], files, warn });
    const chainId = staged.diffId;
    const record = describeLayer(staged, chainId, undefined);
    const config = imageConfig(chainId, options);
    const image = { names, config: Buffer.from(JSON.stringify(config)), manifest: undefined };
    const layers = [{ chainId, diff: `${staged.directory}/diff`, record, staged }];
    if (options.progress === undefined) options.note(`Copying blob ${chainId}`);
    const { id } = commitImage(store, image, { staging, layers, config });
    options.note(`Copying config sha256:${id}`);
    options.note('Writing manifest to image destination');
    if (options.reference !== undefined)
      recordEvent(ctx, { type: 'image', status: 'tag', id, name: options.reference });
    return id;
  } catch (error) {
    throw wrapArchiveError('importing', options.path, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
    close();
  }
}

/** Its digest turns out at the end: until then it goes by its name. */
function watched(range: FileRange, { path, progress }: ImportOptions): FileRange {
  if (progress === undefined) return range;
  const { size } = range;
  const name = path === undefined ? 'standard input' : basename(shownAddress(path));
  const tell = (got: number): void =>
    progress({ kind: 'blob', digest: '', name, size, got, state: got < size ? 'copying' : 'done' });
  return { ...range, onRead: tell };
}

function imageConfig(diffId: string, options: ImportOptions): ImageConfig {
  const created = formatRfc3339(nowNs());
  const architecture = options.architecture ?? hostArchitecture();
  const variant = options.variant ?? (options.architecture === undefined ? hostVariant() : undefined);
  const comment = options.message || DEFAULT_MESSAGE;
  const step = { created, created_by: `/bin/sh -c #(nop) ADD file:${diffId.slice(7)} in /`, comment };
  return {
    created,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    os: options.os ?? 'linux',
    config: options.config,
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [step],
  };
}
