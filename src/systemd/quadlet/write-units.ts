import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { wrapError } from '../../lib/errors';
import { writeFileAtomic } from '../../sys/file-io';
import type { GeneratedUnit } from './types';

/** Writes units and their links into a directory, which is made; each file is there as a whole or not at all. */
export function writeUnits(directory: string, units: readonly GeneratedUnit[]): void {
  mkdirSync(directory, { recursive: true });
  for (const { name, text, links } of units) {
    try {
      writeFileAtomic(join(directory, name), text, { temporary: staged(directory, name), mode: 0o644 });
      for (const { path, target } of links) replaceLink(join(directory, path), target);
    } catch (error) {
      throw wrapError(`writing the unit "${name}"`, error);
    }
  }
}

function replaceLink(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = staged(dirname(path), basename(path));
  rmSync(temporary, { force: true });
  symlinkSync(target, temporary);
  renameSync(temporary, path);
}

/** A name that systemd passes over. */
function staged(directory: string, name: string): string {
  return join(directory, `.${name}.${process.pid}.tmp`);
}
