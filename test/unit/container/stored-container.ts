import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { ContainerRecord } from '../../../src/container/record';
import { containerPaths } from '../../../src/container/paths';
import type { Context } from '../../../src/lib/context';
import { optionsOf } from './sandbox';

/** A container to be put into a store: what a test does not say is as for `create busybox true`. */
export interface StoredContainer {
  id: string;
  name: string;
  created?: string;
  /** Options of `create` before the image, and what follows it. */
  argv?: readonly string[];
  changes?: Partial<ContainerRecord>;
  /** Lines of its status file. */
  status?: Readonly<Record<string, string | number>>;
}

/** An id of 64 digits that begins with `start`. */
export function idFrom(start: string): string {
  return start.padEnd(64, '0');
}

/** Writes a container's files and its name, and returns its record. */
export function storeContainer(ctx: Context, container: StoredContainer): ContainerRecord {
  const record = recordOf(ctx, container);
  const paths = containerPaths(ctx, container.id);
  for (const directory of [paths.directory, `${ctx.paths.root}/names`, `${ctx.paths.root}/locks`])
    mkdirSync(directory, { recursive: true });
  writeFileSync(paths.record, JSON.stringify(record));
  symlinkSync(container.id, `${ctx.paths.root}/names/${container.name}`);
  if (container.status) writeFileSync(paths.status, statusText(container.status));
  return record;
}

/** The text of a status file with these lines changed. */
export function statusText(lines: Readonly<Record<string, string | number>>): string {
  const all = {
    version: 1,
    phase: 'exited',
    pid: 0,
    starttime: 0,
    monitor_pid: 0,
    monitor_starttime: 0,
    ...lines,
  };
  return Object.entries(all)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

function recordOf(ctx: Context, { id, name, created, argv, changes }: StoredContainer): ContainerRecord {
  const options = optionsOf(ctx, argv ?? ['busybox', 'true']);
  return {
    version: 1,
    id,
    name,
    created: created ?? '2026-01-01T00:00:00.000000001Z',
    imageId: 'c'.repeat(64),
    imageName: 'localhost/busybox:latest',
    imageDigest: `sha256:${'d'.repeat(64)}`,
    chainIds: [],
    lowers: [],
    dataLowers: [],
    options,
    process: { argv: options.command, env: [], cwd: '/', user: '' },
    entrypoint: [],
    command: options.command,
    labels: options.labels,
    stopSignal: 15,
    exposedPorts: [],
    ports: options.ports,
    hostname: id.slice(0, 12),
    anonymousVolumes: [],
    createCommand: [],
    imageSize: 2_000_000,
    ...changes,
  };
}
