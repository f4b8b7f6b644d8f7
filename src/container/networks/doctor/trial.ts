import type { Context } from '../../../lib/context';
import { failure, ok, type Check, type Finding } from '../../machine-report/finding';
import { openOwnEngine, type OwnEngine } from './own-engine';
import { tryLookup, tryName, tryPackets, tryPort, tryWayOut } from './tries';

const NETWORK = 'doctor';
/** Says who asks that it works. */
const SERVE = 'mkdir /w; echo works >/w/index.html; exec httpd -f -p 80 -h /w';

const TRIES: readonly { name: string; test: (ctx: Context, engine: OwnEngine) => Promise<Finding> }[] = [
  { name: 'name of container', test: (_ctx, engine) => tryName(engine) },
  { name: 'other names', test: (_ctx, engine) => tryLookup(engine) },
  { name: 'way out', test: tryWayOut },
  { name: 'large packets', test: tryPackets },
  { name: 'published port', test: (_ctx, engine) => tryPort(engine) },
];

/**
 * Makes a network and a container in a store of their own, uses each part of the network, and takes all of it away. A network
 * that cannot be made ends it: the rest would fail for the same reason.
 */
export async function tryNetwork(ctx: Context): Promise<Check[]> {
  const engine = openOwnEngine(ctx);
  try {
    const start = { name: 'network', ...(await begin(engine)) };
    if (start.level === 'fail') return [start];
    const checks: Check[] = [start];
    for (const { name, test } of TRIES) {
      try {
        checks.push({ name, ...(await test(ctx, engine)) });
      } catch (error) {
        checks.push({ name, ...failure(error) });
      }
    }
    return checks;
  } finally {
    await engine.close();
  }
}

async function begin(engine: OwnEngine): Promise<Finding> {
  const start = performance.now();
  const options = ['--name', NETWORK, '--network', NETWORK, '--publish', '127.0.0.1::80'];
  for (const words of [
    ['network', 'create', NETWORK],
    ['run', '--detach', '--pull', 'never', ...options, 'localhost/busybox', 'sh', '-c', SERVE],
  ]) {
    const { code, stderr } = await engine.run(...words);
    if (code !== 0) return refused(stderr);
  }
  return ok(`a container on a bridge runs, after ${Math.round(performance.now() - start)} ms`);
}

/** The error as the command told it, with its cure. */
function refused(stderr: string): Finding {
  const message = /^Error: (.*)$/m.exec(stderr)?.[1] ?? stderr.trim().split('\n').at(-1) ?? '';
  const cure = /^hint: (.*)$/im.exec(stderr)?.[1];
  return { level: 'fail', detail: message, cure: cure ?? 'see "tspod doctor" for the rest of the machine' };
}
