import assert from 'node:assert/strict';
import test from 'node:test';
import { choosePorts, type PortFacts } from '../../../src/network/choose-ports';
import type { PortMapping } from '../../../src/network/types';

const facts: PortFacts = {
  taken: { tcp: new Set([3000, 40001]), udp: new Set() },
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
