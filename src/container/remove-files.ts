import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import type { Context } from '../lib/context';
import { isErrno } from '../lib/errors';
import { runTree, type TreeOp } from '../runtime/tree';
import { staleStaging } from '../store/staging';
import { freeName } from './names';
import { containerPaths, nameLinks } from './paths';
import { recordEvent } from '../store/events/record-event';

/** A container that does not run, and what goes with it. */
export interface RemovedContainer {
  id: string;
  /** Absent when its record is broken: then its name is searched. */
  name?: string;
  /** Names of anonymous volumes that go too. */
  volumes: readonly string[];
  /** Where `--cidfile` wrote the id; goes too, unless something else was written there since. */
  cidFile?: string;
}

/**
 * Removes containers that do not run: each is moved out of the way first, so that a crash leaves either the whole container
 * or rubbish in tmp/, which the next removal clears. Files of other owners need one run of the helper for all containers together. Another command that
 * removes the same ones at the same time does no harm. Returns the ids of those that were still there.
 */
export function removeFiles(ctx: Context, containers: readonly RemovedContainer[]): string[] {
  const tmp = `${ctx.paths.root}/tmp`;
  mkdirSync(tmp, { recursive: true, mode: 0o700 });
  const removed: string[] = [];
  const trees: TreeOp[] = staleStaging({ tmp }).map((path) => ({ op: 'remove', path }));
  for (const container of containers) {
    const trash = moveAway(ctx, container.id);
    if (trash !== undefined) {
      removed.push(container.id);
      if (!removeAsUser(trash)) trees.push({ op: 'remove', path: trash });
    }
    trees.push(...removeVolumes(ctx, container.volumes));
    removeTraces(ctx, container);
  }
  runTree(ctx, trees);
  return removed;
}

/** The directory's new place, or undefined when it is gone already. */
function moveAway(ctx: Context, id: string): string | undefined {
  const trash = `${ctx.paths.root}/tmp/removed-${id}`;
  try {
    renameSync(containerPaths(ctx, id).directory, trash);
    return trash;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    // left over from a crash in the middle of a removal of the same container
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    const other = `${trash}.${process.pid}`;
    renameSync(containerPaths(ctx, id).directory, other);
    return other;
  }
}

/** Removes it without the helper, when everything in it is the user's own; false when that is not so. */
function removeAsUser(directory: string): boolean {
  try {
    removeOwn(directory);
    return true;
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EPERM', 'ENOTEMPTY')) return false;
    if (isErrno(error, 'ENOENT')) return true;
    throw error;
  }
}

/**
 * One level after the other, with as few calls as there are names. A directory that the user owns and may not enter or
 * change (overlay's work/work) is opened first.
 */
function removeOwn(directory: string): void {
  try {
    removeContent(directory);
  } catch (error) {
    if (!isErrno(error, 'EACCES')) throw error;
    chmodSync(directory, 0o700);
    removeContent(directory);
  }
  rmdirSync(directory);
}

function removeContent(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) removeOwn(path);
    else unlinkSync(path);
  }
}

function removeVolumes(ctx: Context, volumes: readonly string[]): TreeOp[] {
  const ops: TreeOp[] = [];
  for (const volume of volumes) {
    const from = `${ctx.paths.root}/volumes/${volume}`;
    const to = `${ctx.paths.root}/tmp/removed-volume-${volume}`;
    if (!exists(from)) continue;
    ops.push({ op: 'rename', from, to }, { op: 'remove', path: to });
    recordEvent(ctx, { type: 'volume', status: 'remove', name: volume });
  }
  return ops;
}

function removeTraces(ctx: Context, { id, name, cidFile }: RemovedContainer): void {
  const { lock, runDirectory } = containerPaths(ctx, id);
  const names = name === undefined ? allNames(ctx) : [name];
  for (const each of names) freeName(ctx, each, id);
  rmSync(lock, { force: true });
  rmSync(runDirectory, { recursive: true, force: true });
  if (cidFile !== undefined && holds(cidFile, id)) rmSync(cidFile, { force: true });
}

function holds(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8').trim() === text;
  } catch {
    return false;
  }
}

function allNames(ctx: Context): string[] {
  try {
    return readdirSync(nameLinks(ctx));
  } catch {
    return [];
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
