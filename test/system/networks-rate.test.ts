import assert from 'node:assert/strict';
import test from 'node:test';
import { needs } from '../helpers/capabilities';
import { fetchText } from '../helpers/fetch-text';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

/** 1 MiB at 4 Mbit/s takes two seconds; what is in the queues at once may take less. */
const [RATE, SECONDS] = ['4mbit', 1.4];

const SERVE =
  'mkdir /w; dd if=/dev/zero of=/w/index.html bs=1M count=1 2>/dev/null; exec httpd -f -p 80 -h /w';

/** Seconds that a download of the server's file takes. */
async function download(port: number, host: string): Promise<number> {
  const start = performance.now();
  const text = await waitFor('the server', () => fetchText(port, host));
  assert.equal(text.length, 2 ** 20);
  return (performance.now() - start) / 1000;
}

for (const network of ['bridge', 'slirp4netns']) {
  test(
    `--network-rate limits what a container with ${network} sends, and inspect tells`,
    needs('tun'),
    async () => {
      const name = uniqueName();
      await runTspod([
        ...[
          'run',
          '-d',
          '--name',
          name,
          '--network',
          network,
          '--network-rate',
          `egress=${RATE}`,
          '-p',
          '127.0.0.1::80',
        ],
        ...['busybox', 'sh', '-c', SERVE],
      ]);
      const { stdout } = await runTspod(['port', name, '80']);
      const took = await download(Number(/:(\d+)$/m.exec(stdout)?.[1]), '127.0.0.1');
      assert.ok(took > SECONDS, `${took} s`);
      const inspected = await runTspod(['inspect', name, '--format', '{{json .HostConfig.NetworkRate}}']);
      assert.equal(inspected.stdout, `{"Egress":"${RATE}"}\n`);
      const stats = await runTspod(['stats', '--no-stream', '--format', '{{.NetRate}}', name]);
      assert.equal(stats.stdout, `-- / ${RATE}\n`);
      await runTspod(['rm', '-f', '-t', '0', name]);
    },
  );
}

test('--network-rate limits what a container on a bridge gets', needs('tun'), async () => {
  const [server, network] = [uniqueName(), uniqueName('net')];
  await runTspod(['network', 'create', network]);
  await runTspod(['run', '-d', '--name', server, '--network', network, 'busybox', 'sh', '-c', SERVE]);
  const script = `until wget -qO /dev/null http://${server}/; do :; done; time wget -qO- http://${server}/ | wc -c`;
  const get = async (...options: string[]): Promise<number> => {
    const { stdout, stderr } = await runTspod([
      ...['run', '--rm', '--network', network, ...options, 'busybox', 'sh', '-c', script],
    ]);
    assert.match(stdout, /^1048576$/m);
    return Number(/real\s+(?:(\d+)m\s*)?([\d.]+)/.exec(stderr)?.[2]);
  };
  const took = await get('--network-rate', `ingress=${RATE}`);
  assert.ok(took > SECONDS, `${took} s`);
  assert.ok((await get('--network-rate', 'ingress=10gbit')) < took);
  await runTspod(['network', 'rm', '--force', '--time', '0', network]);
});
