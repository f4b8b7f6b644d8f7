import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { containerIds, loadRecord } from '../find';
import type { ContainerRecord } from '../record';
import { readState, type ContainerPhase, type ContainerState } from '../state/status';

/** A container as lists and filters see it. */
export interface ListedContainer {
  record: ContainerRecord;
  state: ContainerState;
}

/**
 * All containers in the order in which they were made, or those in some phases: the records of others are not read.
 * One with a broken record is left out, and told of on standard error.
 */
export function listContainers(ctx: Context, phases?: readonly ContainerPhase[]): ListedContainer[] {
  const listed: ListedContainer[] = [];
  for (const id of containerIds(ctx)) {
    const state = readState(ctx, id);
    if (state.removed || (phases && !phases.includes(state.phase))) continue;
    const record = wholeRecord(ctx, id);
    if (record) listed.push({ record, state });
  }
  return listed.sort((a, b) => (a.record.created < b.record.created ? -1 : 1));
}

function wholeRecord(ctx: Context, id: string): ContainerRecord | undefined {
  try {
    return loadRecord(ctx, id);
  } catch (error) {
    if (!(error instanceof TspodError)) throw error;
    // one that vanished since the directory was read is nobody's concern
    if (error.code === 'invalid') ctx.log('error', `${error.message}; ${error.hint ?? ''}`);
    return undefined;
  }
}
