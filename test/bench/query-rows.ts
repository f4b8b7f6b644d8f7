import type { Engine } from './engine';
import type { Row } from './rows';

const none = ['--network', 'none'];
const log = ['--log-driver', 'k8s-file'];
const lines = 1_000_000;

/** Rows of commands that only look: `logs`, `inspect`, completion. `image` has a shell. */
export function queryRows(image: string): Row[] {
  return [
    {
      name: 'logs',
      work: `logs of ${lines} lines`,
      ...{ unit: 'ms', limit: 0.8, runs: 5 },
      prepare: (engine) => {
        engine.run('run', '-d', '--name', 'talker', ...none, ...log, image, 'sh', '-c', talk);
        engine.run('wait', 'talker');
      },
      measure: (engine) => engine.time('logs', 'talker'),
      finish: (engine) => void engine.run('rm', '-f', '-t', '0', 'talker'),
    },
    inspectRow(image, 1, 1.1),
    inspectRow(image, 50, 0.8),
    {
      name: 'completion',
      work: 'completion of the name of a container',
      ...{ unit: 'ms', limit: 1.2, runs: 20 },
      prepare: (engine) => create(engine, image, 10),
      measure: (engine) => engine.time('__complete', 'inspect', 'name-'),
      finish: (engine) => void engine.run('rm', '-a', '-f', '-t', '0'),
    },
  ];
}

const talk = `seq 1 ${lines} | sed 's/^/a line as programs write them, number /'`;

function inspectRow(image: string, count: number, limit: number): Row {
  const names = Array.from({ length: count }, (_, index) => `name-${index}`);
  return {
    name: `inspect-${count}`,
    work: `inspect of ${count} container${count === 1 ? '' : 's'}`,
    ...{ unit: 'ms', limit, runs: 20 },
    prepare: (engine) => create(engine, image, count),
    measure: (engine) => engine.time('inspect', ...names),
    finish: (engine) => void engine.run('rm', '-a', '-f', '-t', '0'),
  };
}

function create(engine: Engine, image: string, count: number): void {
  for (let index = 0; index < count; index++)
    engine.run('create', '--name', `name-${index}`, ...none, image, 'true');
}
