import assert from 'node:assert/strict';
import test from 'node:test';
import { parseVolumeOptions } from '../../../src/volume/volume-options';

const parse = (...texts: string[]) => parseVolumeOptions(texts, false);

const good: [string, string[], object][] = [
  ['nothing', [], { options: {} }],
  [
    'a size',
    ['size=10m'],
    { backing: { kind: 'image', size: 10 << 20 }, options: { size: '10m', SIZE: '10m' } },
  ],
  [
    'a size in o',
    ['o=size=1g'],
    { backing: { kind: 'image', size: 1 << 30 }, options: { o: 'size=1g', SIZE: '1g' } },
  ],
  [
    'an owner',
    ['o=uid=5,gid=6,mode=750'],
    {
      owner: { uid: 5, gid: 6 },
      mode: 0o750,
      options: { o: 'uid=5,gid=6,mode=750', UID: '5', GID: '6' },
    },
  ],
  ['an owner by its own keys', ['uid=7'], { owner: { uid: 7 }, options: { uid: '7', UID: '7' } }],
  ['nocopy', ['nocopy'], { noCopy: true, options: { nocopy: '' } }],
  ['no quota', ['o=noquota'], { options: { o: 'noquota' } }],
  [
    'a tmpfs',
    ['type=tmpfs', 'device=tmpfs', 'o=size=2m,noexec'],
    {
      backing: { kind: 'tmpfs', options: ['noexec', 'size=2m'] },
      options: { type: 'tmpfs', device: 'tmpfs', o: 'size=2m,noexec', SIZE: '2m' },
    },
  ],
  [
    'a directory',
    ['type=none', 'o=bind,ro', 'device=/srv'],
    {
      backing: { kind: 'bind', source: '/srv', options: ['bind', 'ro'] },
      options: { type: 'none', o: 'bind,ro', device: '/srv' },
    },
  ],
  [
    'words of several o',
    ['type=bind', 'o=ro', 'o=noexec', 'device=/srv'],
    {
      backing: { kind: 'bind', source: '/srv', options: ['rbind', 'ro', 'noexec'] },
      options: { type: 'bind', o: 'ro,noexec', device: '/srv' },
    },
  ],
];

for (const [name, texts, expected] of good)
  test(`parseVolumeOptions() reads ${name}`, () => assert.deepEqual(parse(...texts), expected));

const bad: [string, string[], RegExp][] = [
  ['an unknown key', ['sice=5m'], /invalid mount option sice for driver 'local'/],
  ['a key without a name', ['=5m'], /name is missing/],
  ['a malformed size', ['size=5x'], /invalid size "5x"/],
  ['an owner that is no number', ['o=uid=x'], /cannot convert UID "x"/],
  ['an owner that is too great', ['o=gid=4294967295'], /cannot convert GID/],
  ['a mode that is not octal', ['o=mode=9'], /invalid mode "9"/],
  ['a limit of inodes', ['inodes=5'], /inodes is not supported/],
  ['a bind without a device', ['type=bind'], /needs a device/],
  ['a relative device', ['type=none', 'o=bind', 'device=srv'], /absolute path/],
  ['a bind with a size', ['type=bind', 'device=/srv', 'size=5m'], /contradicts a bind/],
  ['a bind of another type', ['type=tmpfs', 'o=bind', 'device=/srv'], /contradicts the option bind/],
  ['an unknown word of a bind', ['type=bind', 'device=/srv', 'o=nosuch'], /unknown option "nosuch"/],
  ['a device without a type', ['device=/srv'], /needs a type/],
  ['an unknown word', ['o=nosuch'], /unknown option "nosuch"/],
  ['an unknown word of a tmpfs', ['type=tmpfs', 'o=nosuch'], /unknown tmpfs option "nosuch"/],
  ['nfs', ['type=nfs', 'device=host:/x'], /type nfs is not supported/],
  ['a file system that only root mounts', ['type=ext4', 'device=/dev/sdz'], /only real root mount ext4/],
];

for (const [name, texts, message] of bad)
  test(`parseVolumeOptions() refuses ${name}`, () => assert.throws(() => parse(...texts), { message }));

test('parseVolumeOptions() lets root mount a device, but not by programs', () => {
  assert.deepEqual(parseVolumeOptions(['type=ext4', 'device=/dev/sdz', 'o=ro'], true).backing, {
    kind: 'device',
    type: 'ext4',
    source: '/dev/sdz',
    options: ['ro'],
  });
  assert.throws(() => parseVolumeOptions(['type=nfs', 'device=h:/x'], true), {
    message: /program of its own/,
  });
});
