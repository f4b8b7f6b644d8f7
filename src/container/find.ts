import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Context } from '../lib/context';
import { describeError, isErrno, TspodError } from '../lib/errors';
import { isFullId } from '../lib/id';
import { containerPaths, nameLink } from './paths';
import type { Unchecked } from '../store/stored-json';
import type { ContainerOptions, ContainerRecord } from './record';

/** The record of the container with this name, id or unique beginning of an id; throws 'not-found' as Podman words it. */
export function findContainer(ctx: Context, nameOrId: string): ContainerRecord {
  return loadRecord(ctx, findContainerId(ctx, nameOrId));
}

/** The full id of the container that a name, an id or a unique beginning of one stands for; throws 'not-found' or 'usage'. */
export function findContainerId(ctx: Context, nameOrId: string): string {
  const id = lookUpContainer(ctx, nameOrId);
  if (id !== undefined) return id;
  throw missingContainer(nameOrId);
}

/** Podman's words for a container that is not there. */
export function missingContainer(nameOrId: string): TspodError {
  return new TspodError('not-found', `no container with name or ID "${nameOrId}" found: no such container`);
}

/** As findContainerId(), but undefined when there is none. */
export function lookUpContainer(ctx: Context, nameOrId: string): string | undefined {
  const named = idOfName(ctx, nameOrId);
  if (named !== undefined) return named;
  if (!/^[0-9a-f]{1,64}$/.test(nameOrId)) return undefined;
  if (isFullId(nameOrId)) return isThere(ctx, nameOrId) ? nameOrId : undefined;
  const matches = containerIds(ctx).filter((id) => id.startsWith(nameOrId));
  if (matches.length < 2) return matches[0];
  throw new TspodError(
    'usage',
    `more than one result for container name or ID ${nameOrId}: container already exists`,
    { hint: 'type more characters of the id' },
  );
}

/** The id that a name stands for; undefined when the name is free, or left over from a container that is gone. */
export function idOfName(ctx: Context, name: string): string | undefined {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return undefined;
  try {
    const id = readlinkSync(nameLink(ctx, name));
    return isThere(ctx, id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** The full ids of all containers, in no order. */
export function containerIds(ctx: Context): string[] {
  try {
    return readdirSync(`${ctx.paths.root}/containers`).filter(isFullId);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** What is kept of the container with this full id; throws 'not-found', or 'invalid' for a record that a crash broke. */
export function loadRecord(ctx: Context, id: string): ContainerRecord {
  let text: string;
  try {
    text = readFileSync(containerPaths(ctx, id).record, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT') && !isThere(ctx, id)) throw missingContainer(id);
    throw brokenRecord(id, error);
  }
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw brokenRecord(id, error);
  }
  if (isRecord(found, id)) return found;
  throw brokenRecord(id, 'it holds something else');
}

function isRecord(found: unknown, wanted: string): found is ContainerRecord {
  if (typeof found !== 'object' || found === null) return false;
  const { id, name, created, options, process, chainIds } = found as Unchecked<ContainerRecord>;
  return (
    id === wanted &&
    typeof name === 'string' &&
    typeof created === 'string' &&
    [options, process].every((part) => typeof part === 'object' && part !== null) &&
    Array.isArray((options as Unchecked<ContainerOptions>).mounts) &&
    Array.isArray(chainIds)
  );
}

/** The record of the container that was made last; throws 'not-found' when there is none. */
export function latestContainer(ctx: Context): ContainerRecord {
  let latest: ContainerRecord | undefined;
  for (const id of containerIds(ctx)) {
    const record = loadRecordIfWhole(ctx, id);
    if (record && (latest === undefined || record.created > latest.created)) latest = record;
  }
  if (latest) return latest;
  throw new TspodError('not-found', 'no containers exist: no such container');
}

/** The record, or undefined when it is gone or broken. */
export function loadRecordIfWhole(ctx: Context, id: string): ContainerRecord | undefined {
  try {
    return loadRecord(ctx, id);
  } catch {
    return undefined;
  }
}

function isThere(ctx: Context, id: string): boolean {
  return existsSync(containerPaths(ctx, id).directory);
}

function brokenRecord(id: string, cause: unknown): TspodError {
  return new TspodError(
    'invalid',
    `the record of container ${id.slice(0, 12)} is broken: ${describeError(cause)}`,
    { hint: `remove the container: tspod rm --force ${id.slice(0, 12)}`, cause },
  );
}
