import { lstatSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isErrno, TspodError, wrapError } from '../../lib/errors';
import { writeFileAtomic } from '../../sys/file-io';
import { MARK, type ShippedUnit } from './shipped-units';
import type { UnitPlace } from './unit-place';

/**
 * Writes units and links, each as a whole or not at all, and returns their paths. Throws 'exists' for a file that somebody else
 * has written; then nothing is written.
 */
export function installUnits({ directory, links }: UnitPlace, units: readonly ShippedUnit[]): string[] {
  const files = units.map(({ name, text }) => ({ path: join(directory, name), text }));
  for (const { path } of files) requireOwn(path);
  for (const { path } of links) requireLink(path);
  for (const { path, text } of files) {
    mkdirSync(directory, { recursive: true });
    writeFileAtomic(path, text, { temporary: staged(path), mode: 0o644 });
  }
  for (const { path, target } of links) replaceLink(path, target);
  return [...files, ...links].map(({ path }) => path);
}

/**
 * Removes what installUnits() has written, with the links by which systemd starts it, and returns the paths. What is missing is no
 * error; what somebody else has written stays, and is an error.
 */
export function removeUnits({ directory, links }: UnitPlace, names: readonly string[]): string[] {
  const paths = names.map((name) => join(directory, name));
  for (const path of paths) requireOwn(path);
  for (const { path } of links) requireLink(path);
  const removed = [...paths, ...links.map(({ path }) => path)].filter((path) => isThere(path));
  for (const path of removed) rmSync(path);
  for (const name of names)
    for (const target of ['default.target', 'multi-user.target', 'timers.target'])
      rmSync(join(directory, `${target}.wants`, name), { force: true });
  return removed;
}

/** A file that is missing, or that was written here. */
function requireOwn(path: string): void {
  try {
    if (readFileSync(path, 'utf8').startsWith(MARK)) return;
  } catch (error) {
    if (isErrno(error, 'ENOENT') && !isThere(path)) return;
    throw wrapError(`reading "${path}"`, error);
  }
  throw notOwn(path);
}

/** A link, wherever it leads. */
function requireLink(path: string): void {
  if (!isThere(path)) return;
  try {
    readlinkSync(path);
  } catch {
    throw notOwn(path);
  }
}

function notOwn(path: string): TspodError {
  return new TspodError('exists', `"${path}" is there, and "tspod system install-units" has not written it`, {
    hint: 'move it away',
  });
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function replaceLink(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(staged(path), { force: true });
  symlinkSync(target, staged(path));
  renameSync(staged(path), path);
}

/** A name that systemd passes over. */
function staged(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
}
