import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { shiftedLayers } from '../../image/mount/shifted-layer';
import type { Context } from '../../lib/context';
import { describeError } from '../../lib/errors';
import type { Finding, Owner } from '../../store/check/finding';
import { containerIds, loadRecord } from '../find';
import { dropStaleName, reserveName } from '../names';
import { containerPaths, nameLink, nameLinks } from '../paths';
import type { ContainerRecord } from '../record';

/** Between two looks at what another command may just be changing, in milliseconds. */
const PAUSE = 100;

/** Looks at the records, names and directories of the containers; their layers are the matter of `checkLayers`. */
export async function checkContainers(ctx: Context): Promise<Finding[]> {
  const look = (): Finding[] => [...checkRecords(ctx), ...checkNames(ctx)];
  const first = look();
  if (first.length === 0) return first;
  await setTimeout(PAUSE);
  const before = new Set(first.map(({ text }) => text));
  return look().filter(({ text }) => before.has(text));
}

function ownerOf({ id, name }: { id: string; name?: string }): Owner {
  return { kind: 'container', name: name === undefined || name === '' ? id.slice(0, 12) : name };
}

function checkRecords(ctx: Context): Finding[] {
  return containerIds(ctx).flatMap((id) => {
    let record: ContainerRecord;
    try {
      record = loadRecord(ctx, id);
    } catch (error) {
      const cure = `remove it with "tspod rm --force ${id.slice(0, 12)}"`;
      return [{ text: describeError(error), owners: [ownerOf({ id })], cure }];
    }
    return [...checkName(ctx, record), ...checkDirectories(ctx, record)];
  });
}

function checkName(ctx: Context, record: ContainerRecord): Finding[] {
  const path = nameLink(ctx, record.name);
  const target = linkTarget(path);
  if (target === record.id) return [];
  const owners = [ownerOf(record)];
  if (target !== undefined && existsSync(containerPaths(ctx, target).directory)) {
    const text = `its name belongs to container ${target.slice(0, 12)}`;
    return [{ text, owners, cure: `give it another one with "tspod rename ${record.id.slice(0, 12)} NAME"` }];
  }
  const mend = (): void => {
    reserveName(ctx, record.name, record.id);
  };
  return [{ text: 'its name does not lead to it', owners, mend }];
}

function checkDirectories(ctx: Context, record: ContainerRecord): Finding[] {
  const owners = [ownerOf(record)];
  const { upper, work } = containerPaths(ctx, record.id);
  const found: Finding[] = [];
  const isRootless = record.options.rootfs?.overlay === false;
  for (const path of isRootless ? [] : [upper, work]) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) continue;
    const cure = `remove it with "tspod rm ${record.id.slice(0, 12)}"`;
    found.push({ text: `its directory ${path.slice(ctx.paths.root.length + 1)} is missing`, owners, cure });
  }
  const { idMaps } = record;
  const shifted = record.lowers.filter((path) => path.startsWith('shifted/'));
  if (idMaps === undefined || shifted.every((path) => existsSync(`${ctx.paths.root}/${path}`))) return found;
  const mend = (): void => void shiftedLayers(ctx, { chainIds: record.chainIds }, idMaps);
  return [...found, { text: 'its layers with shifted owners are missing', owners, mend }];
}

function checkNames(ctx: Context): Finding[] {
  return list(nameLinks(ctx)).flatMap((name) => {
    const path = nameLink(ctx, name);
    const target = linkTarget(path);
    if (target !== undefined && existsSync(containerPaths(ctx, target).directory)) return [];
    const text = `the name ${JSON.stringify(name)} leads to no container`;
    return [{ text, owners: [], mend: () => dropStaleName(ctx, name) }];
  });
}

function linkTarget(path: string): string | undefined {
  try {
    const target = readlinkSync(path);
    return /^[0-9a-f]{64}$/.test(target) ? target : undefined;
  } catch {
    return undefined;
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
