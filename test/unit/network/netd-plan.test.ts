import assert from 'node:assert/strict';
import test from 'node:test';
import type { BridgeWish, NetworkFoot } from '../../../src/network/bridge-types';
import { addNetd } from '../../../src/network/netd-plan';
import type { PortMapping } from '../../../src/network/types';
import { Plan } from '../../../src/runtime/plan';

const foot: NetworkFoot = {
  network: {
    name: 'n1',
    id: '1',
    bridge: 'tspod1',
    subnets: [{ subnet: '10.89.0.0/24', gateway: '10.89.0.1' }],
    internal: false,
    isolate: 'isolate',
    dns: true,
    dnsServers: [],
    routes: [],
  },
  interface: 'eth0',
  addresses: ['10.89.0.2/24'],
  mac: '02:00:00:00:00:01',
  aliases: ['web'],
};
const wish: BridgeWish = {
  containerId: 'c1',
  name: 'web',
  feet: [foot],
  ports: [],
  upstream: [],
  helper: 'slirp4netns',
  helperArgs: ['slirp4netns', '{netns}', 'tap0'],
};
const port: PortMapping = { hostIp: '', hostPort: 8000, containerPort: 80, range: 1, protocol: 'tcp' };

function bytes(change: Partial<BridgeWish>): Buffer {
  const plan = new Plan();
  addNetd(plan, '/run', { ...wish, ...change });
  return Buffer.from(plan.bytes());
}

test('addNetd() writes consecutive ports as one range of six bytes', () => {
  const ports = [0, 1, 2].map((n) => ({ ...port, hostPort: 8000 + n, containerPort: 80 + n }));
  assert.ok(bytes({ ports }).includes(Buffer.from([6, 0, 0, 0, 0x40, 0x1f, 80, 0, 3, 0, 0])));
  assert.equal(bytes({ ports }).length, bytes({ ports: [port] }).length);
});

test('addNetd() keeps a thousand scattered ports small enough for an update', () => {
  const ports = Array.from({ length: 1000 }, (_, n) => ({
    ...port,
    hostPort: 8000 + 2 * n,
    containerPort: 80,
  }));
  assert.ok(bytes({ ports }).length < 16384);
});

test('addNetd() gives pasta the name of the way out, whatever name was asked for', () => {
  for (const asked of [[], ['-I', 'eth7'], ['--ns-ifname=eth7']]) {
    const text = bytes({ helper: 'pasta', helperArgs: ['pasta', ...asked, '--quiet'] }).toString('latin1');
    assert.match(text, /pasta.*--ns-ifname.*tap0.*--quiet/s);
    assert.ok(!text.includes('eth7'));
  }
});
