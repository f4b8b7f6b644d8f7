import { normalize, posix } from 'node:path';
import { lastLineOf, linesOf, type UnitFile } from '../unit-file';
import { splitWords } from '../unit-words';

/** Folders of links, by the key of [Install] that asks for them. */
const FOLDERS: readonly [string, string][] = [
  ['WantedBy', 'wants'],
  ['RequiredBy', 'requires'],
  ['UpheldBy', 'upholds'],
];

/**
 * The links that `systemctl enable` would make of the section [Install]. A template is linked as the instance that
 * DefaultInstance= names, or not at all.
 */
export function installLinks(unit: UnitFile, name: string): { path: string; target: string }[] {
  const paths = namesOf(unit, 'Alias').map((alias) => normalize(alias));
  const linked = instanceName(unit, name);
  if (linked !== undefined) {
    for (const [key, folder] of FOLDERS)
      for (const by of namesOf(unit, key)) if (!by.includes('/')) paths.push(`${by}.${folder}/${linked}`);
  }
  const safe = paths.filter((path) => !path.startsWith('../') && !path.startsWith('/'));
  return safe.map((path) => ({ path, target: posix.relative(posix.dirname(path), name) }));
}

function instanceName(unit: UnitFile, name: string): string | undefined {
  if (!/@\.service$/.test(name)) return name;
  const instance = lastLineOf(unit, 'Install', 'DefaultInstance')?.value;
  return instance ? name.replace(/@\.service$/, `@${instance}.service`) : undefined;
}

function namesOf(unit: UnitFile, key: string): string[] {
  return linesOf(unit, 'Install', key).flatMap(({ value }) => {
    try {
      return splitWords(value, { escapes: false });
    } catch {
      // reported with the other lines of the file
      return [];
    }
  });
}
