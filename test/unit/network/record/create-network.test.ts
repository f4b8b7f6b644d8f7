import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { Context } from '../../../../src/lib/context';
import { createNetwork } from '../../../../src/network/record/create-network';
import { findNetwork, listNetworks, loadNetwork } from '../../../../src/network/record/network-record';
import type { NetworkRecord } from '../../../../src/network/record/network-record';
import type { NetworkRequest } from '../../../../src/network/record/network-request';
import { updateNetwork } from '../../../../src/network/record/update-network';

const PLAIN: NetworkRequest = {
  driver: 'bridge',
  subnets: [],
  gateways: [],
  ranges: [],
  ipv6: false,
  internal: false,
  disableDns: false,
  dns: [],
  labels: {},
  options: [],
  routes: [],
};

function withStore(work: (ctx: Context, root: string) => void, defaults?: Context['defaults']): void {
  const root = mkdtempSync(join(tmpdir(), 'tspod-networks-'));
  const ctx = {
    uid: 1,
    env: {},
    paths: { root },
    ...(defaults ? { defaults } : {}),
    log: () => undefined,
  } as unknown as Context;
  try {
    work(ctx, root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('createNetwork() writes a record of netavark, and nothing stays in tmp', () =>
  withStore((ctx, root) => {
    const request = {
      ...PLAIN,
      name: 'web',
      subnets: ['10.210.0.9/24', 'fd00:210::/64'],
      gateways: ['10.210.0.254'],
      ranges: ['10.210.0.128/25'],
      labels: { a: 'b' },
      options: ['com.docker.network.driver.mtu=1400', 'isolate=strict'],
      routes: ['10.50.0.0/16,10.210.0.7,20'],
      dns: ['9.9.9.9'],
    };
    createNetwork(ctx, request);
    const { id, created, ...rest } = JSON.parse(
      readFileSync(join(root, 'networks/web.json'), 'utf8'),
    ) as NetworkRecord;
    assert.match(id, /^[0-9a-f]{64}$/);
    assert.ok(Date.parse(created) > 0);
    assert.deepEqual(rest, {
      name: 'web',
      driver: 'bridge',
      network_interface: 'tspod1',
      subnets: [
        {
          subnet: '10.210.0.0/24',
          gateway: '10.210.0.254',
          lease_range: { start_ip: '10.210.0.129', end_ip: '10.210.0.255' },
        },
        { subnet: 'fd00:210::/64', gateway: 'fd00:210::1' },
      ],
      routes: [{ destination: '10.50.0.0/16', gateway: '10.210.0.7', metric: 20 }],
      ipv6_enabled: true,
      internal: false,
      dns_enabled: true,
      network_dns_servers: ['9.9.9.9'],
      labels: { a: 'b' },
      options: { mtu: '1400', isolate: 'strict' },
      ipam_options: { driver: 'host-local' },
    });
    assert.deepEqual(readdirSync(join(root, 'tmp')), []);
  }));

test('createNetwork() gives each network addresses and a bridge of its own', () =>
  withStore((ctx) => {
    const made = [1, 2, 3].map(() => createNetwork(ctx, PLAIN));
    const unique = (values: unknown[]): number => new Set(values).size;
    assert.equal(unique(made.map(({ subnets }) => subnets?.[0]?.subnet)), 3);
    assert.equal(unique(made.map((network) => network.network_interface)), 3);
    assert.ok(made.every(({ name, network_interface: bridge }) => name === bridge));
    assert.ok(made.every(({ subnets }) => /^10\.\d+\.\d+\.0\/24$/.test(subnets?.[0]?.subnet ?? '')));
  }));

test('an internal network without names has no gateway, one with names has', () =>
  withStore((ctx) => {
    const plain = createNetwork(ctx, { ...PLAIN, internal: true, disableDns: true });
    const named = createNetwork(ctx, { ...PLAIN, internal: true });
    assert.equal(plain.subnets?.[0]?.gateway, undefined);
    assert.notEqual(named.subnets?.[0]?.gateway, undefined);
  }));

test('--ipv6 adds a unique local network of 64 bits', () =>
  withStore((ctx) => {
    const { subnets } = createNetwork(ctx, { ...PLAIN, ipv6: true });
    assert.match(subnets?.[1]?.subnet ?? '', /^fd[0-9a-f:]+::\/64$/);
  }));

const BAD: [string, Partial<NetworkRequest>, RegExp][] = [
  ['a malformed subnet', { subnets: ['10.1/24'] }, /invalid CIDR address: 10.1\/24/],
  ['a subnet without room', { subnets: ['10.210.0.0/31'] }, /too small/],
  ['the loopback', { subnets: ['127.0.0.0/24'] }, /has the loopback in it/],
  ['all addresses', { subnets: ['0.0.0.0/0'] }, /unspecified addresses/],
  ['multicast', { subnets: ['ff02::/64'] }, /multicast/],
  ['subnets that overlap', { subnets: ['10.210.0.0/24', '10.210.0.128/25'] }, /overlap/],
  ['a gateway without subnet', { gateways: ['10.210.0.1'] }, /cannot set gateway or range without subnet/],
  [
    'a gateway outside',
    { subnets: ['10.210.0.0/24'], gateways: ['10.211.0.1'] },
    /gateway 10.211.0.1 not in subnet 10.210.0.0\/24/,
  ],
  [
    'a gateway that is the broadcast address',
    { subnets: ['10.210.0.0/24'], gateways: ['10.210.0.255'] },
    /network or broadcast address/,
  ],
  [
    'more gateways than subnets',
    { subnets: ['10.210.0.0/24'], gateways: ['10.210.0.1', '10.210.0.2'] },
    /more gateways than subnets/,
  ],
  [
    'a range outside',
    { subnets: ['10.210.0.0/24'], ranges: ['10.211.0.0/25'] },
    /lease range start ip 10.211.0.1 not in subnet/,
  ],
  [
    'a range that ends before it begins',
    { subnets: ['10.210.0.0/24'], ranges: ['10.210.0.20-10.210.0.10'] },
    /ends before it begins/,
  ],
  [
    'a driver of Podman',
    { driver: 'macvlan' },
    /macvlan is not supported: it needs an interface of the host/,
  ],
  ['an unknown driver', { driver: 'foo' }, /failed to find driver or plugin "foo"/],
  [
    'a driver named like a property',
    { driver: 'constructor' },
    /failed to find driver or plugin "constructor"/,
  ],
  ['an unknown option', { options: ['foo=1'] }, /unsupported bridge network option foo/],
  [
    'an option named like a property',
    { options: ['constructor=1'] },
    /unsupported bridge network option constructor$/,
  ],
  ['an option with a wrong value', { options: ['mtu=abc'] }, /mtu is a number, not "abc"/],
  ['an MTU that no link has', { options: ['mtu=20'] }, /not between 68 and 65535/],
  ['a VLAN that does not exist', { options: ['vlan=5000'] }, /between 0 and 4094/],
  ['a VLAN', { options: ['vlan=7'] }, /vlan 7: .*no port to the outside/],
  ['name servers without names', { disableDns: true, dns: ['1.1.1.1'] }, /cannot set NetworkDNSServers/],
  ['a name server that is none', { dns: ['abc'] }, /unable to parse ip abc/],
  ['a route without gateway', { routes: ['10.50.0.0/16'] }, /invalid route: 10.50.0.0\/16/],
  ['a route to an address', { routes: ['10.50.0.1/16,10.89.0.1'] }, /route destination invalid/],
  ['a route of two families', { routes: ['10.50.0.0/16,fd00::1'] }, /different families/],
  ['a wrong metric', { routes: ['10.50.0.0/16,10.89.0.1,-1'] }, /invalid route metric -1/],
  ['a long interface name', { interfaceName: 'abcdefghijklmnop' }, /invalid interface name/],
  ['a name that is a mode', { name: 'host' }, /conflicts with a valid network mode/],
  ['a name with a slash', { name: 'a/b' }, /names must match/],
  ['another ipam driver', { ipamDriver: 'foo' }, /unsupported ipam driver "foo"/],
  ['a subnet without addresses', { ipamDriver: 'none', subnets: ['10.1.0.0/24'] }, /none ipam driver is set/],
];

for (const [what, request, message] of BAD) {
  test(`createNetwork() refuses ${what}, and makes nothing`, () =>
    withStore((ctx, root) => {
      assert.throws(() => createNetwork(ctx, { ...PLAIN, ...request }), { exitCode: 125, message });
      assert.equal(listNetworks(ctx).length, 1);
      assert.ok(!readdirSync(root).includes('networks') || readdirSync(join(root, 'networks')).length === 0);
    }));
}

test('createNetwork() refuses what another network has, and tells which', () =>
  withStore((ctx) => {
    const subnets = ['10.210.0.0/24'];
    createNetwork(ctx, { ...PLAIN, name: 'web', subnets, interfaceName: 'br7' });
    const refused = (request: Partial<NetworkRequest>, code: string, message: RegExp): void =>
      assert.throws(() => createNetwork(ctx, { ...PLAIN, ...request }), { code, message });
    refused({ name: 'web' }, 'exists', /network name web already used/);
    refused({ subnets: ['10.210.0.0/16'] }, 'in-use', /already used .*: by network "web"/);
    refused({ subnets: ['10.88.5.0/24'] }, 'in-use', /by network "podman"/);
    refused({ interfaceName: 'br7' }, 'in-use', /bridge name br7 already in use: by network "web"/);
    refused({ name: 'podman' }, 'exists', /network name podman already used/);
  }));

test('the default network has the name and the addresses of containers.conf', () =>
  withStore(
    (ctx) => {
      assert.deepEqual(
        listNetworks(ctx).map(({ name, subnets }) => [name, subnets?.[0]?.subnet]),
        [['lan', '10.30.0.0/24']],
      );
      assert.equal(loadNetwork(ctx, 'podman'), undefined);
    },
    { defaultNetwork: 'lan', defaultSubnet: '10.30.0.0/24' },
  ));

test('findNetwork() takes a name, an id and the beginning of an id', () =>
  withStore((ctx) => {
    const { id } = createNetwork(ctx, { ...PLAIN, name: 'web' });
    for (const text of ['web', id, id.slice(0, 12)]) assert.equal(findNetwork(ctx, text).id, id);
    assert.equal(findNetwork(ctx, '2f259bab93aa').name, 'podman');
    for (const text of ['', 'we', '../web', 'webb'])
      assert.throws(() => findNetwork(ctx, text), { code: 'not-found' });
  }));

test('a record that is broken is named, with its file', () =>
  withStore((ctx, root) => {
    createNetwork(ctx, { ...PLAIN, name: 'web' });
    writeFileSync(join(root, 'networks/web.json'), '[1]');
    assert.throws(() => findNetwork(ctx, 'web'), { code: 'invalid', message: /networks\/web.json/ });
  }));

test('updateNetwork() adds and drops name servers', () =>
  withStore((ctx) => {
    createNetwork(ctx, { ...PLAIN, name: 'web', labels: { a: 'b' } });
    updateNetwork(ctx, 'web', { addDns: ['1.1.1.1', '9.9.9.9'], dropDns: [] });
    updateNetwork(ctx, 'web', { addDns: [], dropDns: ['1.1.1.1', '4.4.4.4'] });
    assert.deepEqual(findNetwork(ctx, 'web').network_dns_servers, ['9.9.9.9']);
    updateNetwork(ctx, 'web', { addDns: [], dropDns: ['9.9.9.9'] });
    assert.equal('network_dns_servers' in findNetwork(ctx, 'web'), false);
    const add = (addDns: string[], network = 'web'): void => {
      updateNetwork(ctx, network, { addDns, dropDns: [] });
    };
    assert.throws(() => add(['abc']), { code: 'usage', message: /unable to parse ip abc/ });
    assert.throws(() => add(['1.1.1.1'], 'podman'), { message: /DNS is not enabled/ });
    assert.throws(() => add([], 'nosuch'), { code: 'not-found' });
  }));
