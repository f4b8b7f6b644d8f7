import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import test, { after, before, type TestContext } from 'node:test';
import { needs } from '../helpers/capabilities';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

/** Name servers of the machine listen at port 53, which is root's; nobody else is at these addresses of the loopback. */
const [SERVER, NOBODY] = ['127.53.0.1', '127.53.0.2'];
const skip = needs('tun');
const asked: string[] = [];
let refusal: string | undefined;
let datagrams: Socket;
let streams: Server;

/** The name in a query, and its end. */
function nameIn(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 5 };
}

/** 192.0.2.7 for every name of the type A, nothing for other types. */
function answer(query: Buffer): Buffer {
  const { name, end } = nameIn(query);
  asked.push(name);
  const isA = query.readUInt16BE(end - 4) === 1;
  const head = Buffer.from([0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
  return Buffer.concat([query.subarray(0, 2), head, query.subarray(12, end), isA ? record : Buffer.alloc(0)]);
}

before(async () => {
  datagrams = createSocket('udp4');
  datagrams.on('message', (query, { port, address }) => datagrams.send(answer(query), port, address));
  streams = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      const reply = answer(data.subarray(2));
      const size = Buffer.alloc(2);
      size.writeUInt16BE(reply.length);
      socket.end(Buffer.concat([size, reply]));
    });
  });
  try {
    datagrams.bind(53, SERVER);
    await once(datagrams, 'listening');
    streams.listen(53, SERVER);
    await once(streams, 'listening');
  } catch (error) {
    refusal = `port 53 is taken: ${String(error)}`;
  }
});

after(() => {
  datagrams.close();
  streams.close();
});

async function look(t: TestContext, name: string, options: readonly string[]): Promise<string> {
  if (refusal !== undefined) t.skip(refusal);
  const ask = ['run', '--rm', ...options, 'busybox', 'nslookup', name];
  return (await runTspod(ask, { expectCode: null })).stdout;
}

test(
  'names that no container has are asked of the servers of --dns, and of the next one where one is silent',
  skip,
  async (t) => {
    const network = uniqueName('net');
    await runTspod(['network', 'create', network]);
    const options = ['--network', network, '--dns', NOBODY, '--dns', SERVER];
    const found = await look(t, 'upstream.example', options);
    await runTspod(['network', 'rm', network]);
    if (refusal !== undefined) return;
    assert.match(found, /^Address: 192\.0\.2\.7$/m);
    assert.ok(asked.includes('upstream.example'));
  },
);

test(
  'the servers of a network come before those of the container, and names of containers are not asked for',
  skip,
  async (t) => {
    const [network, name] = [uniqueName('net'), uniqueName('c')];
    await runTspod(['network', 'create', '--dns', SERVER, network]);
    const options = ['--network', network, '--dns', NOBODY, '--name', name];
    const found = await look(t, 'network.example', options);
    const own = await look(t, name, options);
    await runTspod(['network', 'rm', network]);
    if (refusal !== undefined) return;
    assert.match(found, /^Address: 192\.0\.2\.7$/m);
    assert.doesNotMatch(own, /192\.0\.2\.7/);
    assert.ok(!asked.some((each) => each.startsWith(name)), asked.join());
  },
);

test('what is asked over TCP is passed on over TCP', skip, async (t) => {
  const network = uniqueName('net');
  await runTspod(['network', 'create', '--dns', SERVER, network]);
  const query =
    '\\000\\035\\022\\064\\001\\000\\000\\001\\000\\000\\000\\000\\000\\000\\003tcp\\007example\\000\\000\\001\\000\\001';
  const script = `printf '${query}' | timeout 5 nc $(ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p') 53 | od -An -tu1`;
  const ask = ['run', '--rm', '--network', network, 'busybox', 'sh', '-c', script];
  const { stdout } = await runTspod(ask, { expectCode: null });
  await runTspod(['network', 'rm', network]);
  if (refusal !== undefined) return t.skip(refusal);
  assert.match(stdout.replace(/\s+/g, ' '), / 192 0 2 7 $/);
});
