import { writeFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError, wrapError } from '../lib/errors';
import { readState, type ContainerState } from './state/status';
import { recordContainerEvent } from './container-events';
import { loadRecord } from './find';

/** Freezes all processes of a running container; throws 'state' when it does not run, 'machine' without a control group. */
export function pauseContainer(ctx: Context, id: string): void {
  const state = readState(ctx, id);
  if (state.phase !== 'running')
    throw new TspodError('state', `"${state.phase}" is not running, can't pause: container state improper`);
  freeze(id, state, true);
  recordContainerEvent(ctx, loadRecord(ctx, id), 'pause');
}

/** Lets the processes of a paused container go on; throws 'state' when it is not paused. */
export function unpauseContainer(ctx: Context, id: string): void {
  const state = readState(ctx, id);
  if (state.phase !== 'paused')
    throw new TspodError('state', `"${id}" is not paused, can't unpause: container state improper`);
  freeze(id, state, false);
  recordContainerEvent(ctx, loadRecord(ctx, id), 'unpause');
}

function freeze(id: string, { cgroup }: ContainerState, on: boolean): void {
  if (cgroup === undefined) {
    throw new TspodError('machine', `cannot pause container ${id.slice(0, 12)} without a cgroup`, {
      hint: 'log in through systemd (loginctl, ssh), or run tspod with: systemd-run --user --scope -p Delegate=yes tspod ...; then start the container again',
    });
  }
  try {
    writeFileSync(`${cgroup}/cgroup.freeze`, on ? '1' : '0');
  } catch (error) {
    throw wrapError(`${on ? 'pausing' : 'unpausing'} container ${id.slice(0, 12)}`, error);
  }
}
