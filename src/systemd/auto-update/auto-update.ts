import { listContainers } from '../../container/list/list';
import { notePull } from '../../image/pull/note-pull';
import { pullImage } from '../../image/pull/pull-image';
import { tagImage } from '../../image/name/tag-image';
import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { recordEvent } from '../../store/events/record-event';
import { UNIT_LABEL } from './find-subjects';
import { bareName, hasNewer } from './has-newer';
import { requireManager, restartUnit } from './restart-unit';
import type { UpdateOptions, UpdateReport, UpdateSubject } from './types';

/**
 * Updates containers unit by unit and tells what became of each; a unit is restarted once, when the images of all its containers
 * are there. What fails is in the report. Throws 'machine' where there is no systemd that could restart units; then nothing was
 * fetched.
 */
export async function* autoUpdate(
  ctx: Context,
  subjects: readonly UpdateSubject[],
  options: UpdateOptions,
): AsyncIterable<UpdateReport> {
  if (subjects.length === 0) return;
  if (!options.isDry) await requireManager(ctx);
  recordEvent(ctx, { type: 'system', status: 'auto-update' });
  for (const unit of new Set(subjects.map((subject) => subject.unit))) {
    const group = subjects.filter((subject) => subject.unit === unit);
    yield* updateUnit(ctx, group, options);
  }
}

async function* updateUnit(
  ctx: Context,
  group: readonly UpdateSubject[],
  options: UpdateOptions,
): AsyncIterable<UpdateReport> {
  const fetched: UpdateSubject[] = [];
  for (const subject of group) {
    const result = await settle(subject, () => fetchNewer(ctx, subject, options));
    if (result.updated === 'true') fetched.push(subject);
    else yield { subject, ...result };
  }
  const [first] = fetched;
  if (!first) return;
  const result = await settle(first, () => restart(ctx, fetched, options));
  for (const subject of fetched) yield { subject, ...result };
}

type Result = Pick<UpdateReport, 'updated' | 'error'>;

async function settle({ name }: UpdateSubject, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    return { updated: 'failed', error: wrapError(`auto-updating container "${name}"`, error) };
  }
}

/** `true`: a newer image is there under the name, and the unit is to be restarted. */
async function fetchNewer(
  ctx: Context,
  subject: UpdateSubject,
  { registry: common, isDry, report }: UpdateOptions,
): Promise<Result> {
  const { image, policy, authFile } = subject;
  const registry = authFile === undefined ? common : { ...common, authFile };
  if (!(await hasNewer(ctx, subject, registry))) return { updated: 'false' };
  if (isDry) return { updated: 'pending' };
  const pull = () => pullImage(ctx, bareName(image), { policy: 'always', registry, report });
  if (policy === 'registry') await notePull(ctx, image, pull);
  return { updated: 'true' };
}

async function restart(
  ctx: Context,
  group: readonly UpdateSubject[],
  { rollsBack }: UpdateOptions,
): Promise<Result> {
  const { unit } = group[0] as UpdateSubject;
  try {
    await restartUnit(ctx, unit);
  } catch (error) {
    if (!rollsBack) throw error;
    await rollBack(ctx, group);
    return { updated: 'rolled back', error };
  }
  for (const subject of group) requireReplaced(ctx, subject);
  return { updated: 'true' };
}

/** The names lead to the images before again, and the unit starts those. */
async function rollBack(ctx: Context, group: readonly UpdateSubject[]): Promise<void> {
  try {
    for (const { image, imageId } of group) tagImage(ctx, imageId, [bareName(image)]);
    await restartUnit(ctx, (group[0] as UpdateSubject).unit);
  } catch (error) {
    throw wrapError('going back to the image before', error);
  }
}

/** A unit that starts a container which exists starts its old image for ever. */
function requireReplaced(ctx: Context, { id, unit }: UpdateSubject): void {
  const isThere = listContainers(ctx, ['running']).some(
    ({ record }) => record.id === id && record.labels[UNIT_LABEL] === unit,
  );
  if (!isThere) return;
  throw new TspodError('invalid', `the unit "${unit}" starts the same container again, with its old image`, {
    hint: 'write it as a Quadlet file, or make it with "tspod generate systemd --new"',
  });
}
