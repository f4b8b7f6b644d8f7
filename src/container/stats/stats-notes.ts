import type { Context } from '../../lib/context';
import { controllerHint, NO_GROUP_HINT } from '../../runtime/cgroup-ops';
import type { ContainerStats } from './container-stats';

/** Lines that say which figures are not the kernel's own, why, and what mends it; none when all are. */
export function statsNotes(ctx: Context, all: readonly ContainerStats[]): string[] {
  const strays = all.filter(({ missing }) => missing.includes('group'));
  const missing = new Set(all.flatMap((stats) => stats.missing.filter((name) => name !== 'group')));
  return [
    ...(strays.length > 0 ? [strayNote(strays)] : []),
    ...(missing.size > 0 ? [controllerNote(ctx, [...missing])] : []),
  ];
}

function strayNote(strays: readonly ContainerStats[]): string {
  const few = strays.slice(0, 3).map(({ name }) => name);
  const names = [...few, ...(strays.length > few.length ? [`${strays.length - few.length} more`] : [])];
  return (
    `without a control group (${names.join(', ')}): CPU, MEM and PIDS are summed up from the processes that live, ` +
    `BLOCK IO is not known; for containers started later: ${NO_GROUP_HINT}`
  );
}

const LACKS: Readonly<Record<string, string>> = {
  memory: 'MEM is summed up from the processes that live',
  pids: 'PIDS are counted',
  io: 'BLOCK IO is not known',
};

function controllerNote(ctx: Context, missing: readonly string[]): string {
  const what = missing.map((name) => LACKS[name] ?? name).join(', ');
  return `no controller ${missing.join(', ')} in the control groups: ${what}; ${controllerHint(ctx, missing.join(' '))}`;
}
