import { checkPolicy } from '../../config/policy';
import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { readImageIndex } from '../../store/image-index';
import type { IndexEntry } from '../../store/image-index';
import { openStore } from '../../store/open-store';
import { storePaths } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { readImageRecord } from '../find/image-record';
import { fitsPlatform, mismatchOf } from '../format/platform';
import type { Platform } from '../format/platform';
import { formatReference } from '../name/reference';
import type { ImageReference } from '../name/reference';
import { defaultBlobRetry } from '../registry/retry';
import type { Repository } from '../registry/types';
import { chooseManifest } from './choose-manifest';
import type { ChosenManifest } from './choose-manifest';
import { startEarly } from './early-receiver';
import type { EarlyReceiver } from './early-receiver';
import { isComplete } from './find-complete';
import { openSources } from './open-sources';
import type { PulledImage, PullOptions } from './pull-request';

/** Pulls an image by its full name; `isOnly`: no other name is tried. Errors: as `pullImage`. */
export async function pullReference(
  ctx: Context,
  reference: ImageReference,
  options: PullOptions & { isOnly?: boolean },
): Promise<PulledImage> {
  const { policyFile } = options;
  checkPolicy(
    ctx,
    'docker',
    formatReference(reference),
    policyFile === undefined ? {} : { file: policyFile },
  );
  const wanted = reference.digest ?? reference.tag ?? 'latest';
  // a name with both is one by digest, as in Podman
  const name = formatReference(reference.digest === undefined ? reference : { ...reference, tag: undefined });
  const early = options.isOnly === true ? await startEarly(ctx, name) : undefined;
  try {
    const sources = await openSources(ctx, reference, options);
    const here = await findCurrent(ctx, sources, { name, wanted, options });
    if (here !== undefined) return { id: here, isNew: false };
    const { source, chosen } = await firstManifest(ctx, sources, wanted, options);
    return { id: await bring(ctx, source, chosen, { name, options, early }), isNew: true };
  } finally {
    await early?.end();
  }
}

interface Wanted {
  name: string;
  /** Tag or digest. */
  wanted: string;
  options: PullOptions;
}

/** The image that has the name here, when it is still what the registry has under it: one small request tells. */
async function findCurrent(
  ctx: Context,
  sources: readonly Repository[],
  { name, wanted, options: { platform } }: Wanted,
): Promise<string | undefined> {
  const store = storePaths(ctx);
  const entry = readImageIndex(store).find((each) => each.name === name);
  const [source] = sources;
  if (entry === undefined || source === undefined || !isComplete(store, entry)) return undefined;
  const { id, config } = readImageRecord(store, entry);
  // a list may have the platform that is asked for now and was not before
  if (!fitsPlatform(config, platform ?? {}) || (platform?.variant ?? config.variant) !== config.variant)
    return undefined;
  const head = await source.headManifest(wanted).catch(() => undefined);
  return head !== undefined && isSame(entry, head.digest) ? id : undefined;
}

function isSame(entry: IndexEntry, digest: string): boolean {
  return (entry.listDigest ?? entry.digest) === digest || entry.digest === digest;
}

/** The manifest of the first place that has it: mirrors may be down, or lack the image. */
export async function firstManifest(
  ctx: Context,
  sources: readonly Repository[],
  wanted: string,
  { platform }: Pick<PullOptions, 'platform'>,
): Promise<{ source: Repository; chosen: ChosenManifest }> {
  const errors: TspodError[] = [];
  for (const source of sources) {
    try {
      return { source, chosen: await chooseManifest(source, wanted, platform) };
    } catch (error) {
      errors.push(sources.length === 1 ? asTspodError(error) : wrapError(source.name, error));
    }
  }
  const last = errors.at(-1) ?? new TspodError('not-found', 'no registry to pull from');
  for (const { message } of errors.slice(0, -1)) ctx.log('warn', `mirror ${message}`);
  throw last;
}

function asTspodError(error: unknown): TspodError {
  return error instanceof TspodError ? error : wrapError('reading the manifest', error);
}

async function bring(
  ctx: Context,
  source: Repository,
  chosen: ChosenManifest,
  { name, options, early }: { name: string; options: PullOptions; early: EarlyReceiver | undefined },
): Promise<string> {
  const store = openStore(ctx);
  const { retry, retryDelay, signal, atOnce } = { ...defaultBlobRetry, ...options.registry };
  // what is up to date needs none of this
  const { transferImage } = await import('./transfer-image');
  const id = await transferImage(ctx, store, chosen, {
    source,
    names: [name],
    retry,
    retryDelay,
    ...(signal === undefined ? {} : { signal }),
    ...(atOnce === undefined ? {} : { atOnce }),
    ...(early === undefined ? {} : { early }),
    report: options.report,
  });
  options.report({ kind: 'writing' });
  // a push to another repository of this registry mounts them from there
  const { placeOf, rememberBlobs } = await import('../push/blob-places');
  const { config, layers } = chosen.parsed;
  rememberBlobs(ctx, placeOf(source.name), [config.digest, ...layers.map(({ digest }) => digest)]);
  await nameFound(store, chosen, { name, id });
  warnOfPlatform(ctx, store, { chosen, wanted: options.platform ?? {} });
  return id;
}

/** An image that was here already, or came by another pull meanwhile, gets the name too. */
async function nameFound(
  store: StorePaths,
  chosen: ChosenManifest,
  { name, id }: { name: string; id: string },
): Promise<void> {
  const { digest, mediaType, bytes, listDigest } = chosen;
  const entry: IndexEntry = {
    ...{ digest, mediaType, size: bytes.length, name: undefined, imageId: id },
    ...(listDigest === undefined ? {} : { listDigest }),
  };
  const isNamed = (each: IndexEntry): boolean =>
    each.name === name && each.digest === digest && each.listDigest === listDigest;
  if (readImageIndex(store).some(isNamed)) return;
  const { nameImage } = await import('../add/commit-image');
  nameImage(store, [name], entry);
}

function warnOfPlatform(
  ctx: Context,
  store: StorePaths,
  { chosen, wanted }: { chosen: ChosenManifest; wanted: Platform },
): void {
  const entry = readImageIndex(store).find((each) => each.digest === chosen.digest);
  if (entry === undefined) return;
  const { config } = readImageRecord(store, entry);
  if (!fitsPlatform(config, wanted)) ctx.log('warn', mismatchOf(config, wanted));
}
