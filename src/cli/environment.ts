import type { Context } from '../lib/context';

/** Variables of Podman's that ask for what tspod does not do, with the reason. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  CONTAINER_HOST: 'tspod works on this machine only, and needs no service',
  CONTAINER_CONNECTION: 'tspod works on this machine only, and needs no service',
  STORAGE_OPTS: 'the way of mounting is chosen by what the kernel can do',
};

/** Warns of variables that are set and have no effect; one that is ignored in silence would be a riddle. */
export function tellOfEnvironment({ env, log }: Pick<Context, 'env' | 'log'>): void {
  for (const name in WITHOUT_EFFECT) {
    if (env[name]) log('warn', `${name} is set, and has no effect: ${WITHOUT_EFFECT[name]}`);
  }
  const driver = env['STORAGE_DRIVER'];
  if (driver && driver !== 'overlay') {
    log('warn', `STORAGE_DRIVER is "${driver}", and has no effect: the only driver is overlay`);
  }
}
