import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import test from 'node:test';
import { choosePorts, type PortFacts, portFacts } from '../../../src/network/choose-ports';
import type { PortMapping } from '../../../src/network/types';

const facts: PortFacts = {
  taken: {
    tcp: new Map([
      [3000, [{ address: '00000000', inode: '1' }]],
      [3001, [{ address: '0100007F', inode: '2' }]],
      [40001, [{ address: '00000000000000000000000000000000', inode: '3' }]],
    ]),
    udp: new Map(),
  },
  busy: { tcp: new Set([3000, 3001, 40001]), udp: new Set() },
  lowest: 1024,
  range: [40000, 40003],
};
const any: PortMapping = { hostIp: '', hostPort: 0, containerPort: 80, range: 1, protocol: 'tcp' };
const nobody = () => undefined;

test('choosePorts() leaves given ports alone and takes free ones for the rest', () => {
  const chosen = choosePorts([{ ...any, hostPort: 40000 }, any, any], facts, nobody);
  assert.deepEqual(chosen.map(({ hostPort }) => hostPort).sort(), [40000, 40002, 40003]);
});

test('choosePorts() finds consecutive ports for a range', () => {
  assert.equal(choosePorts([{ ...any, range: 2 }], facts, nobody)[0]?.hostPort, 40002);
});

test('choosePorts() says so when there is no room', () => {
  assert.throws(() => choosePorts([{ ...any, range: 4 }], facts, nobody), {
    code: 'in-use',
    message: /no 4 free/,
  });
});

test('choosePorts() allows one port for tcp and for udp, and on two addresses', () => {
  const ports: PortMapping[] = [
    { ...any, hostPort: 5000 },
    { ...any, hostPort: 5000, protocol: 'udp' },
    { ...any, hostPort: 6000, hostIp: '127.0.0.1' },
    { ...any, hostPort: 6000, hostIp: '127.0.0.2' },
  ];
  assert.deepEqual(choosePorts(ports, facts, nobody), ports);
});

test('choosePorts() refuses a port that is published twice', () => {
  const ports = [
    { ...any, hostPort: 5000, range: 3 },
    { ...any, hostPort: 5002 },
  ];
  assert.throws(() => choosePorts(ports, facts, nobody), {
    code: 'usage',
    message: /5002\/tcp is published twice/,
  });
});

test('choosePorts() refuses a privileged port and says which sysctl opens it', () => {
  assert.throws(() => choosePorts([{ ...any, hostPort: 80 }], facts, nobody), {
    code: 'machine',
    message: /cannot expose privileged port 80/,
    hint: /net\.ipv4\.ip_unprivileged_port_start=80/,
  });
});

test('choosePorts() names the container that holds a port', () => {
  assert.throws(() => choosePorts([{ ...any, hostPort: 3000 }], facts, () => 'web'), {
    code: 'in-use',
    message: /3000\/tcp is in use by container "web"/,
    hint: /tspod stop web/,
  });
});

test('choosePorts() looks at the address that a socket has', () => {
  const at = (hostIp: string) => choosePorts([{ ...any, hostIp, hostPort: 3001 }], facts, nobody);
  assert.equal(at('127.0.0.2').length, 1);
  for (const hostIp of ['', '127.0.0.1']) assert.throws(() => at(hostIp), { code: 'in-use' });
});

test('choosePorts() names the process that listens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    assert.throws(() => choosePorts([{ ...any, hostIp: '127.0.0.1', hostPort: port }], portFacts(), nobody), {
      message: new RegExp(`in use by ".+" \\(process ${process.pid}\\)`),
    });
  } finally {
    server.close();
  }
});

test('portFacts() knows the ports of connections: none of them is handed out', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  t.after(() => (client.destroy(), server.close()));
  await once(client, 'connect');
  const local = client.localPort ?? 0;
  const { busy, taken } = portFacts();
  assert.deepEqual([busy.tcp.has(local), taken.tcp.has(local)], [true, false]);
  const only: PortFacts = { ...facts, busy, range: [local, local] };
  assert.throws(() => choosePorts([any], only, nobody), { code: 'in-use' });
});
