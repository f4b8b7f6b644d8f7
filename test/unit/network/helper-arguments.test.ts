import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pastaArguments, pastaForwarder, pastaHost } from '../../../src/network/pasta';
import { slirpAddress, slirpArguments, slirpRequests } from '../../../src/network/slirp4netns';
import type { PortMapping } from '../../../src/network/types';

const web: PortMapping = { hostIp: '', hostPort: 8080, containerPort: 80, range: 1, protocol: 'tcp' };
const dns: PortMapping = {
  hostIp: '127.0.0.1',
  hostPort: 5300,
  containerPort: 53,
  range: 2,
  protocol: 'udp',
};
const program = '/nowhere/pasta';

test('slirpArguments() closes the host loopback and opens no socket when nothing is published', () => {
  const argv = slirpArguments({ program: '/s', options: {} }, false);
  assert.ok(argv.includes('--disable-host-loopback'));
  assert.ok(argv.includes('--enable-ipv6'));
  assert.ok(!argv.includes('--api-socket'));
  assert.deepEqual(argv.slice(-3), ['--netns-type=path', '{netns}', 'tap0']);
});

test('slirpArguments() passes the options on', () => {
  const options = { allow_host_loopback: 'true', enable_ipv6: 'false', mtu: '1500', cidr: '10.9.0.0/16' };
  const argv = slirpArguments({ program: '/s', options }, true);
  assert.ok(!argv.includes('--disable-host-loopback') && !argv.includes('--enable-ipv6'));
  assert.ok(argv.includes('--mtu=1500') && argv.includes('--cidr=10.9.0.0/16'));
  assert.equal(argv[argv.indexOf('--api-socket') + 1], '{api}');
});

test('slirpRequests() asks for each port of a range', () => {
  const requests = slirpRequests([web, dns], '10.9.0.0/16').map(({ bytes }) => JSON.parse(bytes));
  const guest_addr = '10.9.0.100';
  assert.deepEqual(
    requests.map(({ arguments: each }) => each),
    [
      { proto: 'tcp', host_addr: '0.0.0.0', host_port: 8080, guest_addr, guest_port: 80 },
      { proto: 'udp', host_addr: '127.0.0.1', host_port: 5300, guest_addr, guest_port: 53 },
      { proto: 'udp', host_addr: '127.0.0.1', host_port: 5301, guest_addr, guest_port: 54 },
    ],
  );
});

const CIDRS: [string | undefined, string][] = [
  [undefined, '10.0.2.100'],
  ['10.0.2.0/24', '10.0.2.100'],
  ['192.168.7.77/24', '192.168.7.100'],
  ['172.16.0.0/12', '172.16.0.100'],
];
for (const [cidr, address] of CIDRS) {
  test(`slirpAddress() is ${address} in ${cidr}`, () => assert.equal(slirpAddress(cidr), address));
}

test('pastaArguments() forwards nothing but what is published', () => {
  const argv = pastaArguments({ program, args: [] }, [web, dns]).join(' ');
  assert.match(argv, / -t 8080:80 -u 127\.0\.0\.1\/5300-5301:53-54 -T none -U none /);
  assert.match(pastaArguments({ program, args: [] }, []).join(' '), / -t none -u none -T none -U none /);
  assert.match(argv, / --no-map-gw /);
  assert.match(argv, / --pid \{ready_path\} --netns \{netns\}$/);
});

test("pastaArguments() lets the user's own arguments win", () => {
  const args = ['-T', '5000', '--udp-ports=53', '--map-gw', '--dns-forward', '10.0.0.1'];
  const argv = pastaArguments({ program, args }, []);
  assert.equal(argv.filter((argument) => argument === '-T').length, 1);
  for (const absent of ['-u', '--map-gw', '--no-map-gw', '169.254.1.1'])
    assert.ok(!argv.includes(absent), absent);
  assert.equal(pastaForwarder(args), '10.0.0.1');
});

test('pastaHost() is an address only where pasta can map one, or the user names it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tspod-pasta-'));
  const newer = join(directory, 'pasta');
  writeFileSync(newer, '\0map-guest-addr\0');
  assert.equal(pastaHost({ program, args: [] }), undefined);
  assert.equal(pastaHost({ program: newer, args: [] }), '169.254.1.2');
  assert.equal(pastaHost({ program, args: ['--map-guest-addr=10.1.1.1'] }), '10.1.1.1');
  const argv = pastaArguments({ program: newer, args: [] }, []);
  assert.equal(argv[argv.indexOf('--map-guest-addr') + 1], '169.254.1.2');
  rmSync(directory, { recursive: true });
});
