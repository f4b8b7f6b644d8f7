import assert from 'node:assert/strict';
import test from 'node:test';
import { hostsFile, parseAddHost } from '../../../src/network/hosts-file';
import { resolvConf, resolvSource } from '../../../src/network/resolv-conf';

const plain = { forwarder: '10.0.2.3', dns: [], search: [], options: [] };

test("hostsFile() puts the user's entries before the host's, the host and the container", () => {
  const text = hostsFile({
    base: '127.0.0.1 localhost # me\n::1 ip6-localhost\n\n# nothing\n10.1.1.1 db cache\n',
    addHost: ['db;store:10.2.2.2', 'gate:host-gateway', 'six:[fd00::1]'],
    hostGateway: '192.0.2.2',
    own: { addresses: ['10.0.2.100'], names: ['box', 'box', 'web'] },
  });
  assert.deepEqual(text.split('\n'), [
    '10.2.2.2\tdb store',
    '192.0.2.2\tgate',
    'fd00::1\tsix',
    '127.0.0.1\tlocalhost',
    '::1\tip6-localhost',
    '10.1.1.1\tcache',
    '192.0.2.2\thost.containers.internal host.docker.internal',
    '10.0.2.100\tbox web',
    '',
  ]);
});

test('hostsFile() leaves a name for the host that the user has given away', () => {
  const addHost = ['host.containers.internal:1.2.3.4'];
  const text = hostsFile({ base: '', addHost, hostGateway: '192.0.2.2' });
  assert.equal(
    text,
    '1.2.3.4\thost.containers.internal\n127.0.0.1\tlocalhost\n::1\tlocalhost\n192.0.2.2\thost.docker.internal\n',
  );
});

const BAD_HOSTS: [string, RegExp][] = [
  ['nothing', /the name is missing/],
  [':1.2.3.4', /the name is missing/],
  ['a:b', /"b" is not an IP address/],
  ['a:host-gateway', /does not reach the host/],
];
for (const [text, message] of BAD_HOSTS) {
  test(`parseAddHost() refuses "${text}"`, () => {
    assert.throws(() => parseAddHost(text, undefined), { code: 'usage', message });
  });
}

test('resolvConf() asks the forwarder first and drops name servers on the loopback', () => {
  const base = 'nameserver 127.0.0.1\nnameserver 10.9.9.9\nsearch a.example b.example\noptions ndots:2 # x\n';
  assert.equal(
    resolvConf({ base, ...plain }),
    'search a.example b.example\nnameserver 10.0.2.3\nnameserver 10.9.9.9\noptions ndots:2\n',
  );
});

test("resolvConf() keeps the host's own servers without a network of its own", () => {
  const base = 'nameserver 127.0.0.1\n';
  assert.equal(resolvConf({ base, ...plain, forwarder: undefined }), base);
});

test('resolvConf() takes what the user asked for instead', () => {
  const base = 'nameserver 10.9.9.9\nsearch a.example\noptions ndots:2\n';
  const asked = { dns: ['9.9.9.9'], search: ['.'], options: ['rotate'] };
  assert.equal(resolvConf({ base, ...plain, ...asked }), 'nameserver 9.9.9.9\noptions rotate\n');
});

test('resolvSource() looks behind the stub of systemd-resolved', () => {
  const files: Record<string, string> = {
    '/etc/resolv.conf': 'nameserver 127.0.0.53\n',
    '/run/systemd/resolve/resolv.conf': 'nameserver 10.9.9.9\n',
  };
  assert.equal(
    resolvSource((path) => files[path]),
    'nameserver 10.9.9.9\n',
  );
  assert.equal(
    resolvSource(() => undefined),
    '',
  );
});
