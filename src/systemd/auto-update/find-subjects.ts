import { parseUpdatePolicy, requireFullName } from '../../container/options/update-policy';
import { listContainers } from '../../container/list/list';
import type { ContainerRecord } from '../../container/record';
import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import type { UpdateSubject } from './types';

/** Names the unit of a container; the variable of the unit's environment becomes a label of that name. */
export const UNIT_LABEL = 'PODMAN_SYSTEMD_UNIT';

/** The running containers whose labels ask for updates, and what is wrong with the labels of others. */
export function findSubjects(ctx: Context): { subjects: UpdateSubject[]; failures: unknown[] } {
  const subjects: UpdateSubject[] = [];
  const failures: unknown[] = [];
  for (const { record } of listContainers(ctx, ['running'])) {
    try {
      const subject = subjectOf(record);
      if (subject) subjects.push(subject);
    } catch (error) {
      failures.push(wrapError(`auto-updating container "${record.name}"`, error));
    }
  }
  return { subjects, failures };
}

function subjectOf({ id, name, labels, imageId, options }: ContainerRecord): UpdateSubject | undefined {
  const policy = parseUpdatePolicy(labels['io.containers.autoupdate']);
  if (policy === undefined) return undefined;
  const unit = labels[UNIT_LABEL];
  if (!unit)
    throw new TspodError('invalid', `it has no label ${UNIT_LABEL}`, {
      hint: 'start it by a unit: with Quadlet, or "tspod generate systemd --new"',
    });
  if (imageId === '') throw new TspodError('invalid', 'it has a root file system, and no image');
  if (policy === 'registry') requireFullName(options.image);
  const authFile = labels['io.containers.autoupdate.authfile'];
  return { id, name, image: options.image, imageId, policy, unit, ...(authFile ? { authFile } : {}) };
}
