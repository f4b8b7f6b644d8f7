import { readdirSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { TspodError } from '../../lib/errors';

/** Whose Quadlet files are looked for. */
export interface SearchPlace {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  uid: number;
  isUser: boolean;
}

const ADMIN = '/etc/containers/systemd';
const VENDOR = '/usr/share/containers/systemd';

/** The directory into which files of this user are installed. */
export function installDirectory({ env, home, isUser }: SearchPlace): string {
  return isUser ? join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'containers/systemd') : ADMIN;
}

/**
 * The directories with Quadlet files and all those below them, the first standing above the others: those of the variable
 * QUADLET_UNIT_DIRS alone when it is set. Throws 'usage' when one of it is not absolute.
 */
export function searchDirectories(place: SearchPlace): string[] {
  const given = place.env['QUADLET_UNIT_DIRS'];
  const found = new Set<string>();
  if (given) {
    for (const directory of given.split(':')) {
      if (!isAbsolute(directory))
        throw new TspodError('usage', `"${directory}" in QUADLET_UNIT_DIRS is not an absolute path`);
      collect(found, directory);
    }
    return [...found];
  }
  if (place.isUser) collectForUser(found, place);
  else {
    const isOthers = (path: string) =>
      isBelow(path, join(ADMIN, 'users')) || isBelow(path, join(VENDOR, 'users'));
    for (const directory of ['/run/containers/systemd', ADMIN, VENDOR]) collect(found, directory, isOthers);
  }
  return [...found];
}

function collectForUser(found: Set<string>, place: SearchPlace): void {
  const runtime = place.env['XDG_RUNTIME_DIR'];
  if (runtime) collect(found, join(runtime, 'containers/systemd'));
  collect(found, installDirectory(place));
  for (const base of [ADMIN, VENDOR]) {
    const users = join(base, 'users');
    // folders whose names are numbers belong to one user each
    const isSomebodys = (path: string) => /^\d+(\/|$)/.test(path.slice(resolved(users).length + 1));
    collect(found, users, isSomebodys);
    collect(found, join(users, String(place.uid)));
  }
}

/** Adds a directory and those below it, through symbolic links; drop-ins, and what was seen, not again. */
function collect(found: Set<string>, path: string, isLeftOut: (path: string) => boolean = () => false): void {
  const real = resolved(path);
  if (found.has(real) || real.endsWith('.d') || isLeftOut(real) || !isDirectory(real)) return;
  found.add(real);
  for (const name of readable(real)) collect(found, join(real, name), isLeftOut);
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readable(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
