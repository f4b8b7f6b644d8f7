import assert from 'node:assert/strict';
import test from 'node:test';
import { idMapsOf, type IdMapFacts } from '../../../src/container/id-maps';
import { parseIdMaps } from '../../../src/container/options/parse-id-maps';
import type { UsernsMode } from '../../../src/container/record';
import type { IdMapping } from '../../../src/lib/id-mapping';

const common = [
  { container: 0, host: 1001, size: 1 },
  { container: 1, host: 100000, size: 65536 },
];
const facts: IdMapFacts = {
  common: { uids: common, gids: common },
  uid: 1001,
  gid: 1001,
  taken: [],
  needed: 1024,
};

/** `container host size` in each line, as in /proc/PID/uid_map. */
function text(maps: readonly IdMapping[] | undefined): string[] | undefined {
  return maps?.map(({ container, host, size }) => `${container} ${host} ${size}`);
}

const modes: [string, UsernsMode, string[] | undefined][] = [
  ['host has none', { kind: 'host' }, undefined],
  ['keep-id', { kind: 'keep-id' }, ['0 1 1001', '1001 0 1', '1002 1002 64535']],
  ['keep-id as another user', { kind: 'keep-id', uid: 5, gid: 5 }, ['0 1 5', '5 0 1', '6 6 65531']],
  ['keep-id as root', { kind: 'keep-id', uid: 0, gid: 0 }, ['0 0 1', '1 1 65536']],
  ['keep-id with a size', { kind: 'keep-id', size: 2000 }, ['0 1 1001', '1001 0 1', '1002 1002 998']],
  [
    'keep-id as a user beyond the ids',
    { kind: 'keep-id', uid: 90000, gid: 90000 },
    ['0 1 65536', '90000 0 1'],
  ],
  ['nomap', { kind: 'nomap' }, ['0 1 65536']],
  ['auto', { kind: 'auto' }, ['0 1 1024']],
  ['auto with a size', { kind: 'auto', size: 10 }, ['0 1 10']],
  [
    'auto with a map of its own',
    { kind: 'auto', size: 10, uidMappings: [{ container: 5, host: 0, size: 1 }] },
    ['0 1 5', '5 0 1', '6 7 4'],
  ],
  [
    'an identity, split where the common namespace is',
    {
      kind: 'maps',
      uids: [{ container: 0, host: 0, size: 65537 }],
      gids: [{ container: 0, host: 0, size: 1 }],
    },
    ['0 0 1', '1 1 65536'],
  ],
];
for (const [name, mode, expected] of modes) {
  test(`idMapsOf(): ${name}`, () => assert.deepEqual(text(idMapsOf(mode, facts)?.uids), expected));
}

test('idMapsOf() gives auto the first gap between the ranges of others', () => {
  const taken = [
    { container: 0, host: 1, size: 1024 },
    { container: 0, host: 2000, size: 1024 },
  ];
  assert.deepEqual(text(idMapsOf({ kind: 'auto' }, { ...facts, taken })?.uids), ['0 3024 1024']);
  assert.deepEqual(text(idMapsOf({ kind: 'auto', size: 900 }, { ...facts, taken })?.uids), ['0 1025 900']);
});

test('idMapsOf() says when there are not enough ids', () => {
  assert.throws(() => idMapsOf({ kind: 'auto', size: 70000 }, facts), /not enough unused ids/);
  const maps = [{ container: 0, host: 65000, size: 1000 }];
  assert.throws(
    () => idMapsOf({ kind: 'maps', uids: maps, gids: maps }, facts),
    /65000-65999 are not all yours/,
  );
});

test('idMapsOf() says when nomap has no subordinate ids', () => {
  const alone = [{ container: 0, host: 1001, size: 1 }];
  const poor = { ...facts, common: { uids: alone, gids: alone } };
  assert.throws(() => idMapsOf({ kind: 'nomap' }, poor), /needs subordinate ids/);
});

// the results are those of Podman 5.4.2 for uid 1001 with 65536 subordinate ids
const options: [string, string[], string[], string[], string[]][] = [
  [
    'one of the host',
    ['+5000:@1001'],
    [],
    ['0 1 5000', '5000 0 1', '5001 5001 60536'],
    ['0 1 5000', '5000 0 1', '5001 5001 60536'],
  ],
  ['an extension at 0', ['+0:5:2'], [], ['0 5 2', '2 0 5', '7 7 65530'], ['0 5 2', '2 0 5', '7 7 65530']],
  ['groups only', [], ['+g10:@1001'], ['0 0 65537'], ['0 1 10', '10 0 1', '11 11 65526']],
  [
    'an extension of a map',
    ['0:0:65000', '+1000:1:1'],
    [],
    ['0 0 1', '2 2 998', '1000 1 1', '1001 1001 63999'],
    ['0 0 1', '2 2 998', '1000 1 1', '1001 1001 63999'],
  ],
  ['one for each', ['0:1:10'], ['0:5:20'], ['0 1 10'], ['0 5 20']],
];
for (const [name, uids, gids, uidMap, gidMap] of options) {
  test(`parseIdMaps(): ${name}`, () => {
    const maps = parseIdMaps({ uids, gids }, { uids: common, gids: common });
    assert.deepEqual([text(maps.uids), text(maps.gids)], [uidMap, gidMap]);
  });
}

const malformed: [string[], RegExp][] = [
  [['0'], /expected CONTAINER:HOST/],
  [['0:1:0'], /must not be 0/],
  [['a:1:1'], /is not an id/],
  [['0:1:10', '5:20:10'], /container ids are mapped twice/],
  [['0:1:10', '20:5:10'], /ids of the user are mapped twice/],
  [['0:@77:1'], /neither yours nor among your subordinate ids/],
];
for (const [uids, message] of malformed) {
  test(`parseIdMaps() refuses ${uids.join(' ')}`, () => {
    assert.throws(() => parseIdMaps({ uids, gids: [] }, { uids: common, gids: common }), { message });
  });
}

test('auto gives only spare ids away', () => {
  const all = [{ container: 0, host: 0, size: 2 ** 32 - 1 }];
  const ofRoot = { ...facts, common: { uids: all, gids: all }, spare: { from: 5000, end: 7000 } };
  assert.deepEqual(text(idMapsOf({ kind: 'auto' }, ofRoot)?.uids), ['0 5000 1024']);
  const taken = [{ container: 0, host: 5000, size: 1024 }];
  assert.throws(() => idMapsOf({ kind: 'auto' }, { ...ofRoot, taken }), /1024 wanted, 976 free in a row/);
});
