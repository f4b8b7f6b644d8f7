import { readFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { containerIds } from './find';
import { containerPaths } from './paths';

/** A record names another container only as the target of a namespace. */
const TARGET = /"target":\s*"([0-9a-f]{64})"/g;

/** For each container that others join the namespaces of, the full ids of these others. Records are searched, not parsed. */
export function findDependents(ctx: Context): Map<string, string[]> {
  const dependents = new Map<string, string[]>();
  for (const id of containerIds(ctx)) {
    for (const [, target = ''] of recordText(ctx, id).matchAll(TARGET)) {
      const known = dependents.get(target) ?? [];
      if (!known.includes(id)) dependents.set(target, [...known, id]);
    }
  }
  return dependents;
}

/** Those of the volumes that containers other than `id` use too. */
export function volumesOfOthers(ctx: Context, id: string, volumes: readonly string[]): Set<string> {
  const used = new Set<string>();
  for (const other of containerIds(ctx)) {
    if (other === id) continue;
    const text = recordText(ctx, other);
    for (const volume of volumes) if (text.includes(`"${volume}"`)) used.add(volume);
  }
  return used;
}

function recordText(ctx: Context, id: string): string {
  try {
    return readFileSync(containerPaths(ctx, id).record, 'utf8');
  } catch {
    return '';
  }
}
