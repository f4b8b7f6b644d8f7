import { readFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { nowNs } from '../../lib/time';
import type { OciSpec } from '../../runtime/oci-spec';
import { userFilesOf } from '../exec/user-files';
import { containerPaths } from '../paths';
import { readProcFile } from '../state/process-time';
import type { ContainerRecord } from '../record';
import { isAlive, readState, type ContainerState } from '../state/status';
import { parseGroup, parsePasswd } from '../create/user-lookup';
import { TOP_CODES, TOP_COLUMNS, type TopColumn, type TopContext } from './columns';
import { containerProcesses, type ProcessFacts } from './process-facts';

const DEFAULT = ['user', 'pid', 'ppid', 'pcpu', 'etime', 'tty', 'time', 'args'];

/**
 * The heading and the processes of a running container, as cells of these descriptors (default: as ps(1)); throws
 * 'state' and 'usage'.
 */
export function topContainer(
  ctx: Context,
  record: ContainerRecord,
  descriptors: readonly string[],
): string[][] {
  const state = runningState(ctx, record);
  const columns = (descriptors.length > 0 ? descriptors : DEFAULT).map(columnOf);
  const processes = containerProcesses(state.pid);
  const context = topContext(ctx, record, { pid: state.pid, processes });
  return [
    columns.map(({ header }) => header),
    ...processes.map((process) => columns.map(({ cell }) => cell(process, context))),
  ];
}

/** The state of a container that runs. Throws 'state'. */
export function runningState(ctx: Context, { id, name }: ContainerRecord): ContainerState {
  const state = readState(ctx, id);
  if (isAlive(state)) return state;
  throw new TspodError('state', 'top can only be used on running containers', {
    hint: `start it: tspod start ${name}`,
  });
}

/** The descriptors in arguments that may hold several, with commas or blanks between them. */
export function splitDescriptors(args: readonly string[]): string[] {
  return args.flatMap((arg) => arg.split(/[\s,]+/)).filter(Boolean);
}

/** Whether a column goes by this name or code. */
export function isDescriptor(text: string): boolean {
  return text in TOP_CODES || Object.hasOwn(TOP_COLUMNS, text.toLowerCase());
}

function columnOf(descriptor: string): TopColumn {
  const name = TOP_CODES[descriptor] ?? descriptor.toLowerCase();
  const column = Object.hasOwn(TOP_COLUMNS, name) ? TOP_COLUMNS[name] : undefined;
  if (column) return column;
  throw new TspodError('usage', `unknown descriptor "${descriptor}"`, {
    hint: `use some of ${Object.keys(TOP_COLUMNS).join(',')}; options such as -ef are for the ps program of the container`,
  });
}

function topContext(
  ctx: Context,
  record: ContainerRecord,
  { pid, processes }: { pid: number; processes: readonly ProcessFacts[] },
): TopContext {
  const spec = JSON.parse(readFileSync(containerPaths(ctx, record.id).config, 'utf8')) as OciSpec;
  const files = userFilesOf(ctx, record, spec);
  const users = new Map(parsePasswd(files.passwd ?? '').map(({ uid, name }) => [uid, name]));
  const groups = new Map(parseGroup(files.group ?? '').map(({ gid, name }) => [gid, name]));
  const uid = idMap(`/proc/${pid}/uid_map`);
  const gid = idMap(`/proc/${pid}/gid_map`);
  const pids = new Map(processes.map((process) => [process.hostPid, process.pid]));
  return {
    uptime: Number((readProcFile('/proc/uptime') ?? '0').split(' ')[0]),
    now: nowNs(),
    pidOf: (hostPid) => pids.get(hostPid) ?? 0,
    userName: (id) => users.get(uid(id)) ?? String(uid(id)),
    groupName: (id) => groups.get(gid(id)) ?? String(gid(id)),
  };
}

/** From ids as this process sees them to those of the container; the overflow id for those that it does not know. */
function idMap(path: string): (id: number) => number {
  const maps = (readProcFile(path) ?? '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((fields) => fields.length === 3);
  return (id) => {
    for (const [inside = 0, outside = 0, size = 0] of maps) {
      if (id >= outside && id < outside + size) return inside + id - outside;
    }
    return 65534;
  };
}
