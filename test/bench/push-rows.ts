import { rmSync } from 'node:fs';
import type { Engine } from './engine';
import { startBenchRegistry } from './registry';
import type { BenchRegistry } from './registry';
import type { Row } from './rows';
import { settleDisks } from './settle-disks';

const debian = 'localhost/debian:bench';
const insecure = '--tls-verify=false';
/** Where each engine has pulled from or pushed to. */
const registries = new Map<string, BenchRegistry>();

/** Rows of images that leave the store; `archive` holds the Debian image. */
export function pushRows(archive: string): Row[] {
  const common = { unit: 'ms', needsDebian: true } as const;
  return [
    {
      name: 'save',
      work: 'save of the Debian image',
      ...{ ...common, limit: 1, runs: 5 },
      prepare: (engine) => engine.run('load', '-q', '-i', archive),
      measure: (engine) => {
        const file = `${engine.home}/saved-${engine.count('saved')}.tar`;
        settleDisks();
        const took = engine.time('save', '-q', '-o', file, debian);
        rmSync(file);
        return took;
      },
      finish: (engine) => engine.run('rmi', debian),
    },
    {
      name: 'push-pulled',
      work: 'push of the Debian image, pulled before',
      ...{ ...common, limit: 0.4, runs: 5 },
      prepare: (engine) => {
        const { host } = openRegistry(engine);
        engine.run('load', '-q', '-i', archive);
        engine.run('push', '-q', insecure, debian, `${host}/debian:1`);
        engine.run('rmi', debian);
        engine.run('pull', '-q', insecure, `${host}/debian:1`);
      },
      measure: (engine) => pushToEmpty(engine, `${registries.get(engine.name)?.host ?? ''}/debian:1`),
      finish: (engine) => {
        // the rows that follow need the other images
        engine.run('rmi', '-f', `${registries.get(engine.name)?.host ?? ''}/debian:1`);
        closeRegistry(engine);
      },
    },
    {
      name: 'push-imported',
      work: 'push of the Debian image, loaded here',
      ...{ ...common, limit: 1.5, runs: 5 },
      measure: (engine) => {
        // what was compressed for a push before goes with the image
        engine.run('load', '-q', '-i', archive);
        const took = pushToEmpty(engine, debian);
        engine.run('rmi', debian);
        return took;
      },
    },
    {
      name: 'push-present',
      work: 'push of the Debian image, all layers there',
      ...{ ...common, limit: 1, runs: 20 },
      prepare: (engine) => {
        const { host } = openRegistry(engine);
        engine.run('load', '-q', '-i', archive);
        engine.run('push', '-q', insecure, debian, `${host}/debian:1`);
      },
      measure: (engine) =>
        engine.time('push', '-q', insecure, debian, `${registries.get(engine.name)?.host ?? ''}/debian:1`),
      finish: (engine) => {
        engine.run('rmi', debian);
        closeRegistry(engine);
      },
    },
  ];
}

function pushToEmpty(engine: Engine, image: string): number {
  const registry = startBenchRegistry();
  try {
    settleDisks();
    return engine.time('push', '-q', insecure, image, `${registry.host}/debian:1`);
  } finally {
    registry.stop();
  }
}

function openRegistry(engine: Engine): BenchRegistry {
  const registry = startBenchRegistry();
  registries.set(engine.name, registry);
  return registry;
}

function closeRegistry(engine: Engine): void {
  registries.get(engine.name)?.stop();
  registries.delete(engine.name);
}
