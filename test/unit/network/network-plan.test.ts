import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type { Context, EngineDefaults } from '../../../src/lib/context';
import { networkHelper } from '../../../src/network/network-plan';
import type { NetworkMode } from '../../../src/network/types';

const top = mkdtempSync(join(tmpdir(), 'tspod-network-'));
after(() => rmSync(top, { recursive: true }));
for (const name of ['slirp4netns', 'pasta']) {
  mkdirSync(join(top, name));
  writeFileSync(join(top, name, name), '');
  chmodSync(join(top, name, name), 0o755);
}

/** Both helpers are in the first folders of PATH. */
function helper(mode: NetworkMode, defaults?: EngineDefaults, uid = 1000) {
  const env = { PATH: `${top}/slirp4netns:${top}/pasta` };
  return networkHelper({ uid, env, ...(defaults ? { defaults } : {}) } as unknown as Context, mode);
}

const slirp = join(top, 'slirp4netns/slirp4netns');
const pasta = join(top, 'pasta/pasta');
const own = { kind: 'private' } as const;

const CASES: [
  name: string,
  mode: NetworkMode,
  defaults: EngineDefaults | undefined,
  expected: object | undefined,
][] = [
  ['takes slirp4netns by default', own, undefined, { name: 'slirp4netns', program: slirp, options: {} }],
  [
    'takes what containers.conf names',
    own,
    { networkHelper: 'pasta' },
    { name: 'pasta', program: pasta, args: [] },
  ],
  [
    'takes the program and the options of containers.conf for slirp4netns',
    own,
    { slirpPath: '/opt/slirp', slirpOptions: ['mtu=1500'] },
    { name: 'slirp4netns', program: '/opt/slirp', options: { mtu: '1500' } },
  ],
  [
    'lets options of the command line win over those of containers.conf',
    { kind: 'slirp4netns', options: { mtu: '1400' } },
    { slirpOptions: ['mtu=1500', 'enable_ipv6=false'] },
    { name: 'slirp4netns', program: slirp, options: { mtu: '1400', enable_ipv6: 'false' } },
  ],
  [
    'puts the arguments of containers.conf before those of the command line',
    { kind: 'pasta', args: ['--mtu', '1400'] },
    { pastaOptions: ['--mtu', '1500'] },
    { name: 'pasta', program: pasta, args: ['--mtu', '1500', '--mtu', '1400'] },
  ],
  ['needs none without a network', { kind: 'none' }, { networkHelper: 'pasta' }, undefined],
  ['needs none in the network of the host', { kind: 'host' }, undefined, undefined],
];

for (const [name, mode, defaults, expected] of CASES) {
  test(`networkHelper() ${name}`, () => assert.deepEqual(helper(mode, defaults), expected));
}

test('networkHelper() takes slirp4netns for root, whatever containers.conf says of users', () => {
  assert.equal(helper(own, { networkHelper: 'pasta' }, 0)?.name, 'slirp4netns');
});
