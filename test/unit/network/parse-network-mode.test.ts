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
  ['bridge', { kind: 'bridge', networks: [{ name: '', aliases: [], addresses: [] }] }],
  ['constructor', { kind: 'bridge', networks: [{ name: 'constructor', aliases: [], addresses: [] }] }],
  [
    'web:ip=10.1.2.3,ip6=FD00::0:1,mac=AA-BB-CC-DD-EE-02,alias=a,alias=b,interface_name=lan0',
    {
      kind: 'bridge',
      networks: [
        {
          name: 'web',
          addresses: ['10.1.2.3', 'fd00::1'],
          mac: 'aa:bb:cc:dd:ee:02',
          aliases: ['a', 'b'],
          interface: 'lan0',
        },
      ],
    },
  ],
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
  ['web:ip=10.0.0.256', 'usage', /invalid option for network web: invalid ip address "10.0.0.256"/],
  ['web:mac=aa:bb', 'usage', /address aa:bb: invalid MAC address/],
  ['web:mac=01:00:5e:00:00:01', 'usage', /a MAC address of a group/],
  ['web:alias=', 'usage', /alias is empty/],
  ['web:color=red', 'usage', /unknown option "color=red"/],
  ['web:ip', 'usage', /unknown option "ip"/],
  ['web:interface_name=abcdefghijklmnop', 'usage', /invalid interface name/],
  ['web:ip=10.0.0.1,ip=10.0.0.2', 'usage', /two addresses of one family/],
];

for (const [text, code, message] of BAD) {
  test(`parseNetworkMode() refuses "${text}"`, () => {
    assert.throws(() => parseNetworkMode(text), { code, message });
  });
}
