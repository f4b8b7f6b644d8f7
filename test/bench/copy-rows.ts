import { randomFillSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import type { Engine } from './engine';
import type { Row } from './rows';

const megabytes = 100;
const runs = 7;

/** `cp` of one large file, into a running container and out of it. */
export function copyRows(image: string): Row[] {
  const source = (engine: Engine): string => `/tmp/copy-${engine.name}`;
  const start = (engine: Engine): void => {
    writeFileSync(source(engine), randomFillSync(Buffer.alloc(megabytes << 20)), { mode: 0o644 });
    engine.run('run', '-d', '--name', 'copied', '--network', 'none', image, 'sleep', '1000');
    engine.run('cp', source(engine), 'copied:/data');
  };
  const end = (engine: Engine): void => {
    engine.run('rm', '-f', '-t', '0', 'copied');
    rmSync(source(engine), { force: true });
  };
  return [
    {
      name: 'cp-in',
      work: `cp of ${megabytes} MB into a container`,
      ...{ unit: 'ms', limit: 1, runs },
      prepare: start,
      measure: (engine) => engine.time('cp', source(engine), 'copied:/data'),
      finish: end,
    },
    {
      name: 'cp-out',
      work: `cp of ${megabytes} MB out of a container`,
      ...{ unit: 'ms', limit: 1, runs },
      prepare: start,
      measure: (engine) => engine.time('cp', 'copied:/data', `${engine.home}/copied`),
      finish: (engine) => {
        end(engine);
        rmSync(`${engine.home}/copied`, { force: true });
      },
    },
  ];
}
