import { openSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { becomeHelper } from '../../runtime/helper';
import { PLAN } from '../../runtime/protocol';
import type { Plan } from '../../runtime/plan';
import { treePlan } from '../../runtime/tree';
import { lockDescriptor } from '../../sys/file-lock';
import { loadRecord, lookUpContainer } from '../find';
import { containerPaths } from '../paths';
import { isAlive, readState } from '../state/status';
import { absolutePath, containerOwner, containerPlace, type CopiedContainer } from './container-place';
import type { CopyEnd } from './copy-end';

/** What `cp` was asked for. */
export interface CopyRequest {
  from: CopyEnd;
  to: CopyEnd;
  /** Whether what is copied into a container belongs to its user; else owners are kept. */
  chown: boolean;
  /** Whether files may replace directories, and directories files. */
  overwrite: boolean;
}

const CLONE_NEWNS = 0x20000;

/**
 * Copies files between this machine and containers, or between containers, or an archive from or to a stream. The helper
 * does it and takes this process's place; an archive that is read is unpacked here. Throws 'not-found' for a missing
 * container.
 */
export async function copyFiles(ctx: Context, request: CopyRequest): Promise<void> {
  const containers = [request.from, request.to].map((end) => lookUp(ctx, end));
  const locks = lockStopped(ctx, containers);
  const plan = treePlan(ctx);
  const [from, to] = containers.map((id) => (id === undefined ? undefined : load(ctx, id)));
  if ([from, to].some((container) => container && !isAlive(container.state))) plan.add('NS_NEW', CLONE_NEWNS);
  const mounted = new Set<string>();
  addEnd(plan, ctx, { op: 'COPY_FROM', end: request.from, container: from, mounted });
  addEnd(plan, ctx, { op: 'COPY_TO', end: request.to, container: to, mounted });
  addRules(plan, ctx, { request, from, to });
  if (request.from.kind !== 'stream') return becomeHelper(ctx, 'copy', plan, locks);
  const { copyArchive } = await import('./copy-archive');
  return copyArchive(ctx, plan);
}

function lookUp(ctx: Context, end: CopyEnd): string | undefined {
  if (end.kind !== 'container') return undefined;
  const id = lookUpContainer(ctx, end.name);
  if (id !== undefined) return id;
  throw new TspodError('not-found', `container "${end.name}" does not exist`, {
    hint: 'a path of this machine with a colon in it is written ./NAME',
  });
}

/** A container that does not run is not started as long as its root is mounted here; in one order, so that two copies do not wait for each other. */
function lockStopped(ctx: Context, ids: readonly (string | undefined)[]): number[] {
  const stopped = ids.filter((id) => id !== undefined && !isAlive(readState(ctx, id))) as string[];
  return [...new Set(stopped)].sort().map((id) => {
    const descriptor = openSync(containerPaths(ctx, id).lock, 'a', 0o600);
    lockDescriptor(descriptor);
    return descriptor;
  });
}

function load(ctx: Context, id: string): CopiedContainer {
  return { record: loadRecord(ctx, id), state: readState(ctx, id) };
}

interface EndOfPlan {
  op: 'COPY_FROM' | 'COPY_TO';
  end: CopyEnd;
  container: CopiedContainer | undefined;
  mounted: Set<string>;
}

function addEnd(plan: Plan, ctx: Context, { op, end, container, mounted }: EndOfPlan): void {
  if (end.kind === 'stream') return;
  const flags =
    (end.path.endsWith('/') ? PLAN.COPY_SLASH : 0) | (/(^|\/)\.$/.test(end.path) ? PLAN.COPY_DOT : 0);
  if (end.kind === 'host' || container === undefined) {
    plan.add(op, flags, '', '', 0, 0, resolve(end.path), end.path);
    return;
  }
  const path = absolutePath(container.record, end.path);
  const place = containerPlace(plan, ctx, container, { path, mounted });
  const name = end.kind === 'container' ? end.name : '';
  const maps = mapLines(container, op);
  plan.add(op, flags, name, place.root, place.pid, place.startTime, place.path, end.path, ...maps);
}

/** Of a source from the ids that its files have to those of the container, of a target the other way round. */
function mapLines({ record: { idMaps } }: CopiedContainer, op: 'COPY_FROM' | 'COPY_TO'): string[] {
  const line = (kind: 'u' | 'g') => (map: { container: number; host: number; size: number }) =>
    op === 'COPY_FROM'
      ? `${kind} ${map.host} ${map.container} ${map.size}`
      : `${kind} ${map.container} ${map.host} ${map.size}`;
  return [...(idMaps?.uids ?? []).map(line('u')), ...(idMaps?.gids ?? []).map(line('g'))];
}

/** On this machine everything is the caller's: root of the common user namespace. In an archive it is the container's user's. */
function addRules(
  plan: Plan,
  ctx: Context,
  {
    request,
    from,
    to,
  }: { request: CopyRequest; from?: CopiedContainer | undefined; to?: CopiedContainer | undefined },
): void {
  const overwrite = request.overwrite ? PLAN.COPY_OVERWRITE : 0;
  const toContainer = request.to.kind === 'container';
  if (toContainer && !request.chown) {
    plan.add('COPY_RULES', overwrite, 0, 0);
    return;
  }
  const container = toContainer ? to : request.to.kind === 'stream' ? from : undefined;
  const { uid, gid } = container ? containerOwner(ctx, container.record) : { uid: 0, gid: 0 };
  plan.add('COPY_RULES', overwrite | PLAN.COPY_CHOWN, uid, gid);
}
