import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { loadRecord } from '../find';
import type { ContainerRecord } from '../record';
import { readState } from '../state/status';

/** What a configuration needs to know besides the record, and what may differ at each start. */
export interface StartFacts {
  /** Pids of the running containers whose namespaces are joined, by their id. */
  pids: Readonly<Record<string, number>>;
}

/** Finds the containers that this one joins. Throws 'state' when one of them is not running. */
export function startFacts(ctx: Context, record: ContainerRecord): StartFacts {
  const pids: Record<string, number> = {};
  for (const id of joinedContainers(record)) {
    const { pid } = readState(ctx, id);
    if (pid === 0) {
      const { name } = loadRecord(ctx, id);
      throw new TspodError('state', `cannot join the namespaces of container "${name}": it is not running`, {
        hint: `start it: tspod start ${name}`,
      });
    }
    pids[id] = pid;
  }
  return { pids };
}

/** Full ids of the containers whose namespaces a container joins, without repeats. */
function joinedContainers({ options }: ContainerRecord): string[] {
  const { pid, ipc, uts, cgroup } = options.namespaces;
  const ids = [pid, ipc, uts, cgroup, options.network, options.userns].flatMap((mode) =>
    mode.kind === 'container' ? [mode.target] : [],
  );
  return [...new Set(ids)];
}
