import { removeImage, removeUnusedContent } from '../../image/remove/remove-image';
import { matchImage } from '../../image/find/find-image';
import type { Context } from '../../lib/context';
import { describeError } from '../../lib/errors';
import type { Finding, Owner } from '../../store/check/finding';
import { listEntries, removeEntry } from '../../store/build-cache';
import { readImageIndex } from '../../store/image-index';
import { storePaths } from '../../store/store-paths';
import { lookUpContainer } from '../find';
import { removeContainers } from '../remove';
import { throwFailures } from '../select';

/** What became of a finding: mended, gone with the next clean-up, or still there. */
export interface Repair {
  outcome: 'repaired' | 'left-over' | 'damaged';
  /** Why it is still there, and what helps. */
  why?: string;
}

/** Puts in order what a finding tells of, from what the store has; never throws, never touches a volume. */
export async function repairFinding(finding: Finding): Promise<Repair> {
  if (finding.mend === undefined && finding.cure === undefined) return { outcome: 'left-over' };
  try {
    finding.discard?.();
    if (finding.mend === undefined) return { outcome: 'damaged', why: finding.cure ?? '' };
    await finding.mend();
    return { outcome: 'repaired' };
  } catch (error) {
    return { outcome: 'damaged', why: describeError(error) };
  }
}

/** Removes the images and containers that stay damaged, the containers of those images, and the steps of builds; returns what went. */
export async function removeDamaged(ctx: Context, owners: readonly Owner[]): Promise<Owner[]> {
  const removed: Owner[] = [];
  const force = async (ids: readonly string[]): Promise<void> =>
    throwFailures((await removeContainers(ctx, ids, { force: true, depend: true, timeout: 0 })).failures);
  for (const { kind, name } of owners) {
    if (kind !== 'container') continue;
    const id = lookUpContainer(ctx, name);
    if (id === undefined) continue;
    await force([id]);
    removed.push({ kind, name });
  }
  for (const { kind, name } of owners) {
    if (kind !== 'image' || matchImage(ctx, readImageIndex(storePaths(ctx)), name) === undefined) continue;
    await removeImage(ctx, name, { force: true, wholeImage: true, removeContainers: force });
    removed.push({ kind, name });
  }
  for (const owner of owners) {
    if (owner.kind !== 'build') continue;
    const store = storePaths(ctx);
    for (const key of listEntries(store)) removeEntry(store, key);
    removed.push(owner);
  }
  removeUnusedContent(ctx);
  return removed;
}
