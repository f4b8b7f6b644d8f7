import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Engine } from './engine';
import { engineMemory } from './memory';
import type { Row } from './rows';
import { waitFor } from '../helpers/wait-for';

const NETWORK = 'bench';
const MEGABYTES = 256;
const SERVE = `dd if=/dev/zero of=/dev/shm/f bs=1M count=${MEGABYTES} 2>/dev/null; exec httpd -f -p 80 -h /dev/shm`;

/** Networks of one's own, with the same way out for both engines. */
export function networkRows(busybox: string): Row[] {
  const serve = (engine: Engine): void => {
    const shm = ['--shm-size', `${MEGABYTES + 8}m`];
    const ports = ['-p', `${portOf(engine)}:80`];
    makeNetwork(engine);
    engine.run(
      'run',
      '-d',
      '--name',
      'server',
      '--network',
      NETWORK,
      ...shm,
      ...ports,
      busybox,
      'sh',
      '-c',
      SERVE,
    );
    engine.run('run', '-d', '--name', 'client', '--network', NETWORK, busybox, 'sleep', '1000');
    engine.run('exec', 'client', 'sh', '-c', 'until wget -qO /dev/null http://server/f; do :; done');
  };
  const row = (
    name: string,
    work: string,
    limit: number,
    runs: number,
  ): Pick<Row, 'name' | 'work' | 'limit' | 'runs'> & { unit: 'ms' } => ({
    name,
    work,
    ...{ unit: 'ms', limit, runs },
  });
  return [
    {
      ...row('run-network', 'run --rm --network NETWORK busybox true', 0.45, 20),
      prepare: makeNetwork,
      measure: (engine) => engine.time('run', '--rm', '--network', NETWORK, busybox, 'true'),
      finish: clean,
    },
    {
      ...row('network-create-rm', 'network create and rm', 1.2, 20),
      measure: (engine) => engine.time('network', 'create', 'short') + engine.time('network', 'rm', 'short'),
    },
    {
      ...row('network-bridge', `${MEGABYTES} MB from container to container`, 1, 5),
      prepare: serve,
      measure: (engine) => engine.time('exec', 'client', 'wget', '-qO', '/dev/null', 'http://server/f'),
      finish: clean,
    },
    {
      ...row('network-port', `${MEGABYTES} MB through a published port`, 1, 5),
      prepare: serve,
      measure: (engine) => download(portOf(engine)),
      finish: clean,
    },
    {
      ...row('network-out', `${MEGABYTES} MB from a container to the host`, 1, 5),
      prepare: serve,
      measure: upload,
      finish: clean,
    },
    {
      name: 'network-ports-1000',
      work: 'memory of a container with 1000 published ports',
      ...{ unit: 'MB', limit: 0.1, runs: 1 },
      prepare: (engine) => {
        makeNetwork(engine);
        engine.run('run', '-d', '--network', NETWORK, busybox, 'sleep', '1000');
      },
      // what the network itself needs is there already
      measure: (engine) => {
        const first = engine.name === 'tspod' ? 21000 : 23000;
        const before = engineMemory(engine.home);
        const ports = ['-p', `${first}-${first + 999}:1000-1999`];
        engine.run('run', '-d', '--network', NETWORK, ...ports, busybox, 'sleep', '1000');
        return engineMemory(engine.home) - before;
      },
      finish: clean,
    },
  ];
}

const portOf = ({ name }: Engine): number => (name === 'tspod' ? 20080 : 20081);

function makeNetwork(engine: Engine): void {
  mkdirSync(`${engine.home}/.config/containers`, { recursive: true });
  writeFileSync(configuration(engine), '[network]\ndefault_rootless_network_cmd = "slirp4netns"\n');
  engine.run('network', 'create', NETWORK);
}

function clean(engine: Engine): void {
  engine.run('rm', '-a', '-f', '-t', '0');
  engine.run('network', 'rm', NETWORK);
  rmSync(configuration(engine));
}

const configuration = ({ home }: Engine): string => `${home}/.config/containers/containers.conf`;

/** Milliseconds. */
function download(port: number): Promise<number> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    let bytes = 0;
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('GET /f HTTP/1.0\r\n\r\n'));
    socket.on('data', (data) => (bytes += data.length));
    socket.on('error', reject);
    socket.on('close', () => {
      if (bytes > MEGABYTES * 2 ** 20) resolve(performance.now() - start);
      else reject(new Error(`only ${bytes} bytes came through the port`));
    });
  });
}

/** Milliseconds. */
async function upload(engine: Engine): Promise<number> {
  const start = performance.now();
  let bytes = 0;
  const server = createServer((socket) => {
    socket.on('data', (data) => (bytes += data.length));
    socket.on('end', () => socket.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  const script = `dd if=/dev/zero bs=1M count=${MEGABYTES} 2>/dev/null | nc ${ownAddress()} ${port}`;
  const child = engine.start('exec', 'client', 'sh', '-c', script);
  await waitFor('the data', () => bytes === MEGABYTES * 2 ** 20, { timeout: 60_000, interval: 2 });
  const took = performance.now() - start;
  child.kill();
  server.close();
  return took;
}

function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const own = all.find(({ family, internal }) => family === 'IPv4' && !internal);
  if (own === undefined) throw new Error('this host has no address of its own');
  return own.address;
}
