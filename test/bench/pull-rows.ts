import type { Engine } from './engine';
import { engineMemory } from './memory';
import { openPullRegistry } from './pull-registry';
import type { Row } from './rows';
import { settleDisks } from './settle-disks';

const insecure = ['-q', '--tls-verify=false'];

/** Pulls from a docker-registry on loopback; `archive` is that of the Debian image. */
export function pullRows(archive: string): Row[] {
  const registry = openPullRegistry();
  const debian = (): string => registry.image('debian', `docker-archive:${archive}`);
  const layers = (): Promise<string> => registry.layers(20, 5_000_000);
  return [
    {
      name: 'pull-debian',
      work: 'pull of a Debian image',
      ...{ unit: 'ms', limit: 0.5, runs: 5, needsDebian: true },
      measure: (engine) => pullIntoFreshStore(engine, debian()),
    },
    {
      name: 'pull-layers',
      work: 'pull of 20 layers of 5 MB',
      ...{ unit: 'ms', limit: 0.5, runs: 5 },
      measure: async (engine) => pullIntoFreshStore(engine, await layers()),
    },
    {
      name: 'pull-again',
      work: 'pull of what is here',
      ...{ unit: 'ms', limit: 0.9, runs: 20 },
      measure: async (engine) => {
        const image = await layers();
        if (engine.count('first pull') === 0) engine.run('pull', ...insecure, image);
        return engine.time('pull', ...insecure, image);
      },
    },
    {
      name: 'pull-memory',
      work: 'peak memory of a pull of a Debian image',
      ...{ unit: 'MB', limit: 1, runs: 3, needsDebian: true },
      measure: (engine) => peakOfPull(engine, debian()),
    },
  ];
}

/** Nothing is removed in between: what the file system then does in the background would be measured too. */
function pullIntoFreshStore(engine: Engine, image: string): number {
  settleDisks();
  return engine.time('--root', freshStore(engine), 'pull', ...insecure, image);
}

function freshStore(engine: Engine): string {
  return `${engine.home}/store-${engine.count('stores')}`;
}

async function peakOfPull(engine: Engine, image: string): Promise<number> {
  // Podman's pause process is not part of a pull
  const before = engineMemory(engine.home);
  const child = engine.start('--root', freshStore(engine), 'pull', ...insecure, image);
  let isOver = false;
  const ended = new Promise((resolve) => child.once('close', resolve)).then(() => (isOver = true));
  let peak = 0;
  while (!isOver) {
    peak = Math.max(peak, engineMemory(engine.home) - before);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await ended;
  return peak;
}
