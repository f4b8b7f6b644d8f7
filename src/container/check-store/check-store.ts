import { checkLayers } from '../../image/check/check-layers';
import { findLeftovers } from '../../image/check/check-leftovers';
import { lockContentShared } from '../../image/remove/collect-garbage';
import { openFileMaker } from '../../image/add/open-file-maker';
import { recoverIndex } from '../../image/check/recover-index';
import type { RememberedName } from '../../image/check/recover-index';
import { surveyImages } from '../../image/check/survey-images';
import type { Context } from '../../lib/context';
import { describeError, TspodError } from '../../lib/errors';
import type { CheckOptions, Finding } from '../../store/check/finding';
import { digestHex } from '../../store/digest';
import { readImageIndex, replaceImageIndex } from '../../store/image-index';
import type { IndexEntry } from '../../store/image-index';
import { openStore } from '../../store/open-store';
import type { StorePaths } from '../../store/store-paths';
import { containerIds, loadRecordIfWhole } from '../find';
import { isAlive, readState } from '../state/status';
import { checkContainers } from './check-containers';
import { checkShifted } from './check-shifted';

/**
 * Everything in the store that is not as it should be, each as it is found. While somebody takes them, what images
 * consist of is not removed. Needs all ids of the user.
 */
export async function* checkStore(ctx: Context, options: CheckOptions): AsyncGenerator<Finding> {
  const store = openStore(ctx);
  const lock = lockContentShared(store);
  try {
    const { entries, finding } = indexOf(ctx, store);
    if (finding !== undefined) yield finding;
    const survey = surveyImages(store, entries);
    yield* survey.findings;
    const warn = (message: string): void => ctx.log('debug', message);
    const running = runningContainers(ctx);
    yield* checkLayers(store, survey, {
      ...options,
      warn,
      openFiles: () => openFileMaker(ctx),
      runningOn: (hex) => running.get(hex),
    });
    yield* await checkContainers(ctx);
    yield* checkShifted(store, new Set([...survey.layers.keys()].map(digestHex)));
    // of a broken list nothing can be told to be needed by nobody
    if (finding === undefined) yield* findLeftovers(store, options);
  } finally {
    lock.release();
  }
}

function indexOf(ctx: Context, store: StorePaths): { entries: IndexEntry[]; finding?: Finding } {
  try {
    return { entries: readImageIndex(store) };
  } catch (error) {
    if (!(error instanceof TspodError)) throw error;
    const entries = recoverIndex(store, rememberedNames(ctx));
    const lost = entries.filter(({ name }) => name === undefined).length;
    const names = lost === 0 ? '' : `; ${lost} of ${entries.length} images lose their names`;
    const text = `the list of images is broken: ${describeError(error)}${names}`;
    return { entries, finding: { text, owners: [], mend: () => replaceImageIndex(store, entries) } };
  }
}

/** Containers know what their images are called. */
function rememberedNames(ctx: Context): RememberedName[] {
  return containerIds(ctx).flatMap((id) => {
    const record = loadRecordIfWhole(ctx, id);
    if (!record?.imageName || !record.imageDigest) return [];
    return [{ name: record.imageName, digest: record.imageDigest }];
  });
}

/** A running container by the chain id of each of its layers, hexadecimal. */
function runningContainers(ctx: Context): Map<string, string> {
  const running = new Map<string, string>();
  for (const id of containerIds(ctx)) {
    const record = loadRecordIfWhole(ctx, id);
    if (record === undefined || !isAlive(readState(ctx, id))) continue;
    const mounted = record.options.mounts.flatMap((mount) => ('chainIds' in mount ? mount.chainIds : []));
    for (const hex of [...record.chainIds, ...mounted]) running.set(hex, record.name);
  }
  return running;
}
