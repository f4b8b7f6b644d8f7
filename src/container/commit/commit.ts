import { lockContentShared } from '../../image/remove/collect-garbage';
import { commitImage } from '../../image/add/commit-image';
import type { LayerSoFar } from '../../image/add/commit-image';
import { parseImageConfig } from '../../image/format/image-config';
import type { ImageConfig } from '../../image/format/image-config';
import { hostArchitecture } from '../../image/format/platform';
import { givenName } from '../../image/name/reference';
import { resolveImage } from '../../image/find/resolve';
import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { formatRfc3339, nowNs } from '../../lib/time';
import { startLayerMaker } from '../../runtime/make-layer';
import type { LayerMaker } from '../../runtime/make-layer';
import { openStore } from '../../store/open-store';
import type { Staging } from '../../store/staging';
import type { StorePaths } from '../../store/store-paths';
import { commitHistory, commitRunConfig } from './commit-config';
import type { CommitSettings } from './commit-config';
import { baseLayers, beginNewLayer, mergedLayer } from './commit-layers';
import { formatConfig, formatManifest } from './commit-manifest';
import { openCommitStaging } from './commit-staging';
import { findContainer } from '../find';
import { whilePaused } from './while-paused';
import type { ContainerRecord } from '../record';
import { recordContainerEvent } from '../container-events';

/** What `commit` was asked. */
export interface CommitOptions extends CommitSettings {
  /** The name of the new image. */
  reference: string | undefined;
  /** True: an error where it cannot be paused. Absent: paused where that is possible. */
  pause: boolean | undefined;
  /** One layer with everything. Needs all ids of the user. */
  squash: boolean;
  /** Told of each step. */
  note: (line: string) => void;
}

/**
 * Makes an image of a container: what it has written becomes a layer on those of its image. The container goes on.
 * Returns the image's id. Errors: `not-found`, `usage`.
 */
export async function commitContainer(ctx: Context, name: string, options: CommitOptions): Promise<string> {
  const names = options.reference === undefined ? [] : [givenName(options.reference)];
  const record = findContainer(ctx, name);
  if (record.options.rootfs) {
    throw new TspodError('usage', 'cannot commit a container that uses an exploded rootfs', {
      hint: `export it: tspod export ${name} | tspod import -`,
    });
  }
  try {
    const image = await makeImage(ctx, record, { ...options, names });
    recordContainerEvent(ctx, record, 'commit');
    return image;
  } catch (error) {
    throw wrapError(`committing container ${record.id.slice(0, 12)}`, error);
  }
}

async function makeImage(
  ctx: Context,
  record: ContainerRecord,
  options: CommitOptions & { names: string[] },
): Promise<string> {
  // it is there by the time that it is told what to do
  const maker = options.squash ? undefined : startLayerMaker(ctx);
  try {
    return await addImage(ctx, record, { ...options, maker });
  } finally {
    maker?.end();
  }
}

async function addImage(
  ctx: Context,
  record: ContainerRecord,
  options: CommitOptions & { names: string[]; maker: LayerMaker | undefined },
): Promise<string> {
  const { maker } = options;
  const store = openStore(ctx);
  const lock = lockContentShared(store);
  const staging = openCommitStaging(ctx, store, () => maker?.end());
  try {
    const { note } = options;
    note('Getting image source signatures');
    const { layers, draft } = await whilePaused(ctx, record.id, options.pause, () =>
      maker === undefined
        ? squashed(ctx, record, { staging, options })
        : stacked(ctx, record, { store, staging, maker, options }),
    );
    const diffIds = layers.map((layer) => layer.record.diffId);
    const config = { ...draft, rootfs: { ...draft.rootfs, diff_ids: diffIds } };
    const container = { container: record.id, ...(options.message ? { comment: options.message } : {}) };
    const bytes = formatConfig(config, options.format, container);
    const manifest = formatManifest(
      bytes,
      layers.map((layer) => layer.record.blob),
      options.format,
    );
    const image = { names: options.names, config: bytes, manifest };
    for (const { record: layer, staged } of layers)
      note(`Copying blob ${layer.diffId}${staged === undefined ? ' skipped: already exists' : ''}`);
    const { id } = commitImage(store, image, { staging, layers, config: parseImageConfig(bytes) });
    note(`Copying config sha256:${id}`);
    note('Writing manifest to image destination');
    return id;
  } finally {
    staging.remove();
    lock.release();
  }
}

/** Layers from bottom to top, and the configuration of their image but for their diff ids. */
interface Content {
  layers: LayerSoFar[];
  draft: ImageConfig;
}

/** One layer on those of the container's image, which are looked up while it is made. */
function stacked(
  ctx: Context,
  record: ContainerRecord,
  parts: { store: StorePaths; staging: Staging; maker: LayerMaker; options: CommitOptions },
): Content {
  const finish = beginNewLayer(ctx, parts, record);
  const base = resolveImage(ctx, record.imageId)?.config;
  const below = baseLayers(parts.store, record, base);
  const draft = draftConfig(record, base, parts.options);
  return { layers: [...below, finish(below)], draft };
}

/** One layer with everything. */
async function squashed(
  ctx: Context,
  record: ContainerRecord,
  { staging, options }: { staging: Staging; options: CommitOptions },
): Promise<Content> {
  const base = resolveImage(ctx, record.imageId)?.config;
  const draft = draftConfig(record, base && { ...base, history: [] }, options);
  return { layers: [await mergedLayer(ctx, staging, record)], draft };
}

function draftConfig(
  record: ContainerRecord,
  base: ImageConfig | undefined,
  options: CommitOptions,
): ImageConfig {
  const created = formatRfc3339(nowNs());
  const { author } = options;
  return {
    created,
    ...(author === undefined ? {} : { author }),
    architecture: base?.architecture ?? hostArchitecture(),
    ...(base?.variant === undefined ? {} : { variant: base.variant }),
    os: base?.os ?? 'linux',
    config: commitRunConfig(record, base?.config ?? {}, options),
    rootfs: { type: 'layers', diff_ids: [] },
    history: commitHistory(record, base, { author, created }),
  };
}
