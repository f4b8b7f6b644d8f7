import { dirname, join } from 'node:path';
import { didYouMean, problemAt } from '../problem';
import { addKey, type UnitLine } from '../unit-file';
import { KINDS } from './kinds';
import type { Conversion, QuadletTarget } from './types';

/** A target whose resource is known. */
type NamedTarget = QuadletTarget & { resource: string };

/**
 * What a line means by the name of another Quadlet file; the unit then needs the other's and starts after it. Undefined, and a
 * problem, when there is none of that name, or nobody can tell what it makes.
 */
export function referTo(conversion: Conversion, line: UnitLine, name: string): NamedTarget | undefined {
  const target = conversion.targets.get(name);
  if (!target) {
    const message = `there is no Quadlet file "${name}"${didYouMean(name, [...conversion.targets.keys()])}`;
    conversion.problems.push(problemAt(line, message));
    return undefined;
  }
  if (target.resource === undefined) {
    const message = `what "${name}" makes has a name that only systemd knows: give it one without "%"`;
    conversion.problems.push(problemAt(line, message));
    return undefined;
  }
  conversion.references.push({ name, line });
  addKey(conversion.service, 'Unit', 'Requires', target.service);
  addKey(conversion.service, 'Unit', 'After', target.service);
  return { service: target.service, resource: target.resource };
}

/** The image that a line names, or that another Quadlet file makes. */
export function imageOf(conversion: Conversion, line: UnitLine, name: string): string {
  if (!/\.(image|build)$/.test(name)) return name;
  return referTo(conversion, line, name)?.resource ?? name;
}

/**
 * The source of a volume or a mount: paths that begin with a dot are relative to the file, absolute ones are waited for until they
 * are mounted, and names of Quadlet files of these kinds stand for what they make.
 */
export function sourceOf(
  conversion: Conversion,
  line: UnitLine,
  { source, kinds }: { source: string; kinds: RegExp },
): string {
  const path = source.startsWith('.') ? besideUnit(conversion, source) : source;
  if (path.startsWith('/')) {
    addKey(conversion.service, 'Unit', 'RequiresMountsFor', path);
    return path;
  }
  return kinds.test(path) ? (referTo(conversion, line, path)?.resource ?? path) : path;
}

/** A path that is relative to the file, unless it begins with a specifier of systemd. */
export function besideUnit({ quadlet }: Conversion, path: string): string {
  if (path.startsWith('/') || /^%[^%]/.test(path)) return path;
  return join(dirname(quadlet.path), path);
}

/** Dependencies that name Quadlet files become dependencies on their units. */
export function translateDependencies(conversion: Conversion): void {
  const section = conversion.service.sections.find(({ name }) => name === 'Unit');
  for (const line of section?.lines ?? []) {
    if (!DEPENDENCIES.has(line.key)) continue;
    line.value = line.value.replace(/\S+/g, (word) => {
      if (!KINDS.some((kind) => word.endsWith(`.${kind}`))) return word;
      const target = conversion.targets.get(word);
      if (target) return target.service;
      const message = `there is no Quadlet file "${word}"${didYouMean(word, [...conversion.targets.keys()])}`;
      conversion.problems.push(problemAt(line, message));
      return word;
    });
  }
}

/** The keys of [Unit] whose values are names of units. */
const DEPENDENCIES: ReadonlySet<string> = new Set([
  'After',
  'Before',
  'BindsTo',
  'Conflicts',
  'OnFailure',
  'OnSuccess',
  'PartOf',
  'PropagatesReloadTo',
  'PropagatesStopTo',
  'ReloadPropagatedFrom',
  'Requires',
  'Requisite',
  'StopPropagatedFrom',
  'Upholds',
  'Wants',
]);
