import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { waitFor } from '../helpers/wait-for';
import { buildRows } from './build-rows';
import { copyRows } from './copy-rows';
import type { Engine } from './engine';
import { eventsRow } from './events-row';
import { engineMemory } from './memory';
import { networkRows } from './network-rows';
import { queryRows } from './query-rows';
import { pushRows } from './push-rows';
import { pullRows } from './pull-rows';
import { settleDisks } from './settle-disks';

/** One line of the table. */
export interface Row {
  name: string;
  work: string;
  unit: 'ms' | 'MB';
  /** What tspod's median may be of Podman's, at most. */
  limit: number;
  /** How often each engine does it. */
  runs: number;
  /** Whether the Debian image is needed. */
  needsDebian?: boolean;
  prepare?(engine: Engine): void;
  /** Does the work once, and returns what was measured. */
  measure(engine: Engine): number | Promise<number>;
  finish?(engine: Engine): void;
}

const busybox = 'localhost/busybox';
const debian = 'localhost/debian:bench';
const none = ['--network', 'none'];

/** The archive that `load` reads, made by Podman. */
export const debianArchive = '/tmp/debian-bench.tar';

/** Every row that can be asked for by name. */
export const rows: readonly Row[] = [
  {
    name: 'run-none',
    work: 'run --rm --network none busybox true',
    ...{ unit: 'ms', limit: 0.75, runs: 30 },
    measure: (engine) => engine.time('run', '--rm', ...none, busybox, 'true'),
  },
  {
    name: 'run-slirp',
    work: 'run --rm --network slirp4netns busybox true',
    ...{ unit: 'ms', limit: 0.75, runs: 20 },
    measure: (engine) => engine.time('run', '--rm', '--network', 'slirp4netns', busybox, 'true'),
  },
  {
    name: 'run-detached',
    work: 'run -d',
    ...{ unit: 'ms', limit: 0.75, runs: 20 },
    measure: (engine) => {
      const took = engine.time('run', '-d', '--name', 'detached', ...none, busybox, 'sleep', '1000');
      engine.run('rm', '-f', '-t', '0', 'detached');
      return took;
    },
  },
  {
    name: 'exec',
    work: 'exec c true',
    ...{ unit: 'ms', limit: 0.45, runs: 20 },
    prepare: (engine) => engine.run('run', '-d', '--name', 'c', ...none, busybox, 'sleep', '1000'),
    measure: (engine) => engine.time('exec', 'c', 'true'),
    finish: removeAll,
  },
  listRow(1, 1.1, 30),
  listRow(50, 0.9, 20),
  listRow(1000, 0.5, 5),
  statsRow(50),
  eventsRow,
  {
    name: 'run-20',
    work: '20 run --rm at once',
    ...{ unit: 'ms', limit: 0.5, runs: 5 },
    measure: runTwentyAtOnce,
  },
  {
    name: 'load',
    work: 'load of a Debian root file system',
    ...{ unit: 'ms', limit: 0.6, runs: 5, needsDebian: true },
    measure: loadIntoFreshStore,
  },
  {
    name: 'import',
    work: 'import of a Debian root file system',
    ...{ unit: 'ms', limit: 0.6, runs: 5, needsDebian: true },
    measure: importIntoFreshStore,
  },
  ...pullRows(debianArchive),
  ...pushRows(debianArchive),
  ...copyRows(busybox),
  ...buildRows(busybox, debian, loadDebian),
  ...queryRows(busybox),
  ...networkRows(busybox),
  memoryRow('memory-none', 'memory per idle container, --network none', 0.45, none),
  memoryRow('memory-default', 'memory per idle container, default network', 0.15, []),
  {
    name: 'memory-foreground',
    work: 'memory of a foreground run',
    ...{ unit: 'MB', limit: 0.1, runs: 3 },
    measure: measureForeground,
  },
  {
    name: 'keep-id-first',
    work: 'first run --userns keep-id of Debian',
    ...{ unit: 'ms', limit: 0.4, runs: 3, needsDebian: true },
    prepare: loadDebian,
    measure: (engine) => {
      settleDisks();
      // a map of which this store has made nothing yet
      const userns = `keep-id:uid=${3000 + engine.count('maps')}`;
      return engine.time('run', '--rm', ...none, '--userns', userns, debian, 'true');
    },
    finish: (engine) => engine.run('rmi', debian),
  },
  {
    name: 'keep-id-second',
    work: 'second run --userns keep-id of Debian',
    ...{ unit: 'ms', limit: 0.7, runs: 10, needsDebian: true },
    prepare: (engine) => {
      loadDebian(engine);
      engine.run('run', '--rm', ...none, '--userns', 'keep-id', debian, 'true');
    },
    measure: (engine) => engine.time('run', '--rm', ...none, '--userns', 'keep-id', debian, 'true'),
    finish: (engine) => engine.run('rmi', debian),
  },
  {
    name: 'commit',
    work: 'commit of a small change',
    ...{ unit: 'ms', limit: 0.9, runs: 20 },
    prepare: makeChanged,
    measure: (engine) => engine.time('commit', '-q', 'changed', `committed:${engine.count('commits')}`),
    finish: (engine) => engine.run('rm', '-f', '-t', '0', 'changed'),
  },
  {
    name: 'diff',
    work: 'diff of a small change',
    ...{ unit: 'ms', limit: 1.8, runs: 20 },
    prepare: makeChanged,
    measure: (engine) => engine.time('diff', 'changed'),
    finish: (engine) => engine.run('rm', '-f', '-t', '0', 'changed'),
  },
  {
    name: 'images-200',
    work: 'images with 200 images',
    ...{ unit: 'ms', limit: 0.8, runs: 20 },
    prepare: importMany,
    measure: (engine) => engine.time('images'),
    finish: (engine) => engine.run('rmi', ...Array.from({ length: 200 }, (_, at) => `localhost/many:${at}`)),
  },
  {
    name: 'rmi',
    work: 'rmi of the Debian image',
    ...{ unit: 'ms', limit: 1, runs: 7, needsDebian: true },
    measure: (engine) => {
      loadDebian(engine);
      settleDisks();
      return engine.time('rmi', debian);
    },
  },
  {
    name: 'rm-50',
    work: 'rm of 50 stopped containers',
    ...{ unit: 'ms', limit: 0.6, runs: 3 },
    measure: (engine) => {
      const names = Array.from({ length: 50 }, (_, index) => `stopped-${index}`);
      for (const name of names) engine.run('run', '--name', name, ...none, busybox, 'true');
      return engine.time('rm', ...names);
    },
  },
];

function makeChanged(engine: Engine): void {
  const change = 'echo new >/new; rm /bin/ls; mkdir -p /srv/a; echo more >>/etc/passwd';
  engine.run('run', '--name', 'changed', ...none, busybox, 'sh', '-c', change);
}

function listRow(count: number, limit: number, runs: number): Row {
  return {
    name: `ps-${count}`,
    work: `ps -a with ${count} container${count === 1 ? '' : 's'}`,
    ...{ unit: 'ms', limit, runs },
    prepare: (engine) => {
      for (let index = 0; index < count; index++) engine.run('create', ...none, busybox, 'true');
    },
    measure: (engine) => engine.time('ps', '-a'),
    finish: removeAll,
  };
}

function statsRow(count: number): Row {
  return {
    name: `stats-${count}`,
    work: `stats --no-stream with ${count} containers`,
    ...{ unit: 'ms', limit: 1, runs: 15 },
    prepare: (engine) => {
      for (let index = 0; index < count; index++) engine.run('run', '-d', ...none, busybox, 'sleep', '1000');
    },
    measure: (engine) => engine.time('stats', '--no-stream'),
    finish: removeAll,
  };
}

function memoryRow(name: string, work: string, limit: number, network: string[]): Row {
  return { name, work, ...{ unit: 'MB', limit, runs: 1 }, measure: (engine) => measureIdle(engine, network) };
}

// Podman's pause process is part of what it needs: it is ended before, so that it counts as new.
async function measureIdle(engine: Engine, network: string[]): Promise<number> {
  const count = 10;
  if (engine.name === 'podman') engine.run('system', 'migrate');
  for (let index = 0; index < count; index++) engine.run('run', '-d', ...network, busybox, 'sleep', '1000');
  await waitFor('idle containers', () => running(engine) === count);
  const size = engineMemory(engine.home) / count;
  removeAll(engine);
  return size;
}

function running(engine: Engine): number {
  return engine.run('ps', '-q').split('\n').filter(Boolean).length;
}

async function measureForeground(engine: Engine): Promise<number> {
  const child = engine.start('run', '--rm', '--name', 'front', ...none, busybox, 'sleep', '1000');
  const ended = new Promise((resolve) => child.once('close', resolve));
  await waitFor('the container', () => running(engine) === 1);
  const size = engineMemory(engine.home);
  engine.run('rm', '-f', '-t', '0', 'front');
  await ended;
  return size;
}

async function runTwentyAtOnce(engine: Engine): Promise<number> {
  const start = process.hrtime.bigint();
  const codes = await Promise.all(
    Array.from({ length: 20 }, () => {
      const child = engine.start('run', '--rm', ...none, busybox, 'true');
      return new Promise((resolve) => child.once('close', resolve));
    }),
  );
  const took = Number(process.hrtime.bigint() - start) / 1e6;
  if (codes.some((code) => code !== 0)) throw new Error(`${engine.name}: exit statuses ${codes.join(' ')}`);
  return took;
}

/** Images that share nothing, as images do. */
function importMany(engine: Engine): void {
  const tar = `${engine.home}/small.tar`;
  for (let index = 0; index < 200; index++) {
    writeFileSync(`${engine.home}/number`, String(index));
    spawnSync('tar', ['-C', engine.home, '-cf', tar, 'number']);
    engine.run('import', tar, `localhost/many:${index}`);
  }
}

function loadDebian(engine: Engine): void {
  engine.run('load', '-q', '-i', debianArchive);
}

/** Nothing is removed in between: what the file system then does in the background would be measured too. */
function loadIntoFreshStore(engine: Engine): number {
  settleDisks();
  const root = `${engine.home}/store-${engine.count('stores')}`;
  return engine.time('--root', root, 'load', '-q', '-i', debianArchive);
}

function importIntoFreshStore(engine: Engine): number {
  settleDisks();
  const root = `${engine.home}/store-${engine.count('stores')}`;
  return engine.time('--root', root, 'import', '-q', process.env['TSPOD_DEBIAN_TAR'] ?? '', 'debian');
}

function removeAll(engine: Engine): void {
  engine.run('rm', '-a', '-f', '-t', '0');
}

/** Lets Podman make the archive that `load` reads out of the tar archive of a root file system. */
export function makeDebianArchive(podman: Engine, tar: string): void {
  podman.run('import', '-q', tar, debian);
  podman.run('save', '-q', '-o', debianArchive, debian);
  podman.run('rmi', debian);
}
