import assert from 'node:assert/strict';
import test from 'node:test';
import { parseNetworkMode } from '../../../src/network/parse-network-mode';

const GOOD: [string, ReturnType<typeof parseNetworkMode>][] = [
  ['none', { kind: 'none' }],
  ['host', { kind: 'host' }],
  ['private', { kind: 'private' }],
  ['default', { kind: 'private' }],
  ['', { kind: 'private' }],
  ['slirp4netns', { kind: 'slirp4netns', options: {} }],
  [
    'slirp4netns:allow_host_loopback=true,mtu=1500,cidr=10.9.0.0/16',
    { kind: 'slirp4netns', options: { allow_host_loopback: 'true', mtu: '1500', cidr: '10.9.0.0/16' } },
  ],
  [
    'slirp4netns:enable_ipv6=false,outbound_addr=eth0,outbound_addr6=fd00::1,port_handler=rootlessport',
    {
      kind: 'slirp4netns',
      options: {
        enable_ipv6: 'false',
        outbound_addr: 'eth0',
        outbound_addr6: 'fd00::1',
        port_handler: 'rootlessport',
      },
    },
  ],
  ['pasta', { kind: 'pasta', args: [] }],
  ['pasta:-T,5000,--map-gw', { kind: 'pasta', args: ['-T', '5000', '--map-gw'] }],
  ['container:web', { kind: 'container', target: 'web' }],
  ['ns:/run/netns/x', { kind: 'path', target: '/run/netns/x' }],
];

for (const [text, expected] of GOOD) {
  test(`parseNetworkMode() reads "${text}"`, () => assert.deepEqual(parseNetworkMode(text), expected));
}

const BAD: [string, string, RegExp][] = [
  ['none:x', 'usage', /"none" takes no options, got "x"/],
  ['container:', 'usage', /needs a name or id/],
  ['container', 'usage', /needs a name or id/],
  ['ns:', 'usage', /needs a path/],
  ['slirp4netns:mtu=67', 'usage', /invalid value of mtu for slirp4netns: "67"/],
  ['slirp4netns:cidr=fd00::/64', 'usage', /invalid value of cidr/],
  ['slirp4netns:allow_host_loopback=yes', 'usage', /allow_host_loopback/],
  ['slirp4netns:outbound_addr=1.2.3', 'usage', /outbound_addr/],
  ['slirp4netns:color=red', 'usage', /unknown option for slirp4netns: "color=red"/],
  ['slirp4netns:mtu', 'usage', /unknown option for slirp4netns: "mtu"/],
  ['bridge', 'unsupported', /network mode "bridge" is not supported/],
  ['mynet', 'unsupported', /network "mynet" is not supported/],
  ['constructor', 'unsupported', /network "constructor"/],
];

for (const [text, code, message] of BAD) {
  test(`parseNetworkMode() refuses "${text}"`, () => {
    assert.throws(() => parseNetworkMode(text), { code, message });
  });
}
