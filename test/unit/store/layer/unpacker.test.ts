import assert from 'node:assert/strict';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { createFileMaker } from '../../../../src/store/layer/file-maker';
import { createUnpacker } from '../../../../src/store/layer/unpacker';
import type { TarEntry } from '../../../../src/store/tar/entry';
import { getXattr } from '../../../../src/sys/xattr';
import { buildArchive } from '../../../helpers/build-archive';
import type { Member } from '../../../helpers/build-archive';
import { unpack } from '../../../helpers/unpack';

const device = (
  name: string,
  type: 'character-device' | 'block-device',
  devmajor: number,
  devminor: number,
): Member => ({
  name,
  type,
  devmajor,
  devminor,
});

const hostile: { name: string; members: Member[]; error: RegExp }[] = [
  {
    name: '.. at the front',
    members: [{ name: '../escaped' }],
    error: /entry "\.\.\/escaped": "\.\." in the path/,
  },
  { name: '.. in the middle', members: [{ name: 'a/../../escaped' }], error: /"\.\." in the path/ },
  { name: 'an absolute path', members: [{ name: '/etc/passwd' }], error: /absolute path/ },
  {
    name: 'a file below a symbolic link',
    members: [{ name: 'link', type: 'symlink', linkname: '/tmp' }, { name: 'link/escaped' }],
    error: /entry "link\/escaped": lies below "link", which is a symlink/,
  },
  {
    name: 'a directory below a symbolic link',
    members: [
      { name: 'link', type: 'symlink', linkname: 'etc' },
      { name: 'link/dir/', type: 'directory' },
    ],
    error: /lies below "link"/,
  },
  {
    name: 'a symbolic link that climbs above the root',
    members: [{ name: 'a/link', type: 'symlink', linkname: '../../etc/passwd' }],
    error: /leads outside/,
  },
  {
    name: 'a hard link that climbs above the root',
    members: [{ name: 'link', type: 'link', linkname: '../../etc/passwd' }],
    error: /hard link to "\.\.\/\.\.\/etc\/passwd": "\.\." in the path/,
  },
  {
    name: 'an absolute hard link',
    members: [{ name: 'link', type: 'link', linkname: '/etc/passwd' }],
    error: /absolute path/,
  },
  {
    name: 'a hard link to nothing',
    members: [{ name: 'link', type: 'link', linkname: 'etc/passwd' }],
    error: /no file of this archive/,
  },
  {
    name: 'a hard link through a symbolic link',
    members: [
      { name: 'link', type: 'symlink', linkname: '/etc' },
      { name: 'passwd', type: 'link', linkname: 'link/passwd' },
    ],
    error: /no file of this archive/,
  },
  {
    name: 'a hard link to a directory',
    members: [
      { name: 'dir/', type: 'directory' },
      { name: 'link', type: 'link', linkname: 'dir' },
    ],
    error: /no file of this archive/,
  },
  {
    name: 'a block device',
    members: [device('dev/sda', 'block-device', 8, 0)],
    error: /device 8:0: refused/,
  },
  {
    name: 'a character device',
    members: [device('dev/mem', 'character-device', 1, 1)],
    error: /device 1:1: refused/,
  },
  {
    name: 'a standard device elsewhere',
    members: [device('etc/null', 'character-device', 1, 3)],
    error: /device 1:3/,
  },
  { name: 'a whiteout of the parent', members: [{ name: 'a/.wh...' }], error: /whiteout of nothing/ },
  {
    name: 'a file below a file',
    members: [{ name: 'a' }, { name: 'a/b' }],
    error: /lies below "a", which is a file/,
  },
];

for (const { name, members, error } of hostile) {
  test(`createUnpacker() refuses ${name}`, async () => {
    const archive = await buildArchive(members);
    assert.throws(() => unpack(archive, () => undefined), error);
  });
}

test('createUnpacker() refuses a truncated archive', async () => {
  const archive = await buildArchive([{ name: 'file', data: 'x'.repeat(5000) }]);
  assert.throws(() => unpack(archive.subarray(0, 3000), () => undefined), /truncated/);
});

test('createUnpacker() refuses a file that claims to be larger than the disk', async () => {
  const archive = await buildArchive([{ name: 'file', data: 'x' }]);
  archive.fill(0, 124, 136).writeUInt8(0x80, 124);
  archive.writeUInt32BE(0x40000, 128);
  archive.fill(0x20, 148, 156);
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  assert.throws(
    () => unpack(archive, () => undefined),
    /entry "file": needs more than the \d+ MB that are free/,
  );
});

test('createUnpacker() refuses a header with a wrong checksum', async () => {
  const archive = await buildArchive([{ name: 'file', data: 'x' }]);
  archive[0] = 0x41;
  assert.throws(() => unpack(archive, () => undefined), /checksum/);
});

test('createUnpacker() leaves out the devices that every container gets', async () => {
  unpack(await buildArchive([device('dev/null', 'character-device', 1, 3)]), (root, warnings) => {
    assert.deepEqual(readdirSync(join(root, 'dev')), []);
    assert.match(warnings.join(), /"dev\/null" left out/);
  });
});

test('createUnpacker() keeps modes, set-uid bits, times and links', async () => {
  const members: Member[] = [
    { name: 'dir/', type: 'directory', mode: 0o1777, mtime: new Date(1_000_000_000_000) },
    { name: 'dir/su', data: 'x', mode: 0o4755 },
    { name: 'dir/open', data: '', mode: 0o666 },
    { name: 'dir/hard', type: 'link', linkname: 'dir/su' },
    { name: 'dir/soft', type: 'symlink', linkname: '../dir/su' },
    { name: 'pipe', type: 'fifo', mode: 0o622 },
  ];
  unpack(await buildArchive(members), (root) => {
    assert.equal(statSync(join(root, 'dir')).mode & 0o7777, 0o1777);
    assert.equal(statSync(join(root, 'dir')).mtimeMs, 1_000_000_000_000);
    assert.equal(statSync(join(root, 'dir/su')).mode & 0o7777, 0o4755);
    assert.equal(statSync(join(root, 'dir/su')).nlink, 2);
    assert.equal(statSync(join(root, 'dir/open')).mode & 0o7777, 0o666);
    assert.equal(readlinkSync(join(root, 'dir/soft')), '../dir/su');
    assert.equal(lstatSync(join(root, 'dir/soft')).mtimeMs, 1_600_000_000_000);
    assert.ok(statSync(join(root, 'pipe')).isFIFO());
  });
});

test('createUnpacker() turns whiteouts into what overlayfs knows', async () => {
  const members: Member[] = [
    { name: 'a/.wh.gone' },
    { name: 'b/.wh..wh..opq' },
    { name: 'b/kept', data: 'x' },
    { name: '.wh.again' },
    { name: 'again/', type: 'directory' },
    { name: 'own', data: 'x' },
    { name: '.wh.own' },
    { name: '.wh..wh.plnk/1' },
  ];
  unpack(await buildArchive(members), (root) => {
    const gone = lstatSync(join(root, 'a/gone'));
    assert.ok(gone.isCharacterDevice() && gone.rdev === 0);
    assert.equal(getXattr(join(root, 'b'), 'user.overlay.opaque')?.toString(), 'y');
    assert.equal(getXattr(join(root, 'again'), 'user.overlay.opaque')?.toString(), 'y');
    assert.equal(readFileSync(join(root, 'own'), 'utf8'), 'x');
  });
});

test('createUnpacker() lets the last of several members with one name count', async () => {
  const members: Member[] = [
    { name: 'a', data: 'first' },
    { name: 'hard', type: 'link', linkname: 'a' },
    { name: 'a', data: 'second' },
    { name: 'b/c/d', data: 'x' },
    { name: 'b', data: 'file' },
    { name: 'e', data: 'x' },
    { name: 'e/', type: 'directory' },
    { name: 'e/f', data: 'y' },
  ];
  unpack(await buildArchive(members), (root) => {
    assert.equal(readFileSync(join(root, 'a'), 'utf8'), 'second');
    assert.equal(readFileSync(join(root, 'hard'), 'utf8'), 'first');
    assert.equal(readFileSync(join(root, 'b'), 'utf8'), 'file');
    assert.equal(readFileSync(join(root, 'e/f'), 'utf8'), 'y');
  });
});

test('createUnpacker() drops attributes that steer overlayfs', async () => {
  const pax = { 'SCHILY.xattr.user.overlay.redirect': '/etc', 'SCHILY.xattr.user.note': 'kept' };
  unpack(await buildArchive([{ name: 'a', data: 'x', pax }]), (root, warnings) => {
    assert.equal(getXattr(join(root, 'a'), 'user.overlay.redirect'), undefined);
    assert.equal(getXattr(join(root, 'a'), 'user.note')?.toString(), 'kept');
    assert.match(warnings.join(), /user\.overlay\.redirect/);
  });
});

test('createUnpacker() gives a parent that is not named the mode of the layer below', async () => {
  const lower = mkdtempSync(join(tmpdir(), 'tspod-lower-'));
  mkdirSync(join(lower, 'private'), { mode: 0o700 });
  try {
    const check = (root: string): void => assert.equal(statSync(join(root, 'private')).mode & 0o777, 0o700);
    unpack(await buildArchive([{ name: 'private/file', data: 'x' }]), check, [lower]);
  } finally {
    rmSync(lower, { recursive: true });
  }
});

test('settleImplicit() gives parents that are not named the look of layers that came later', async () => {
  const lower = mkdtempSync(join(tmpdir(), 'tspod-lower-'));
  mkdirSync(join(lower, 'private/below'), { recursive: true, mode: 0o700 });
  mkdirSync(join(lower, 'named'), { mode: 0o700 });
  utimesSync(join(lower, 'private'), 77, 77);
  const members: Member[] = [
    { name: 'private/file', data: 'x' },
    { name: 'named/file', data: 'x' },
    { name: 'named/', type: 'directory', mode: 0o751 },
    { name: 'new/file', data: 'x' },
  ];
  const check = (root: string): void => {
    const looks = ['private', 'named', 'new'].map((name) => statSync(join(root, name)));
    assert.deepEqual(
      looks.map(({ mode }) => mode & 0o777),
      [0o700, 0o751, 0o755],
    );
    assert.equal(looks[0]?.mtimeMs, 77_000);
    assert.deepEqual(readdirSync(join(root, 'private')), ['file']);
  };
  try {
    unpack(await buildArchive(members), check, [lower], 'after');
  } finally {
    rmSync(lower, { recursive: true });
  }
});

test('that there are many members is told once, while they come', () => {
  const files = createFileMaker({ send: () => undefined, receive: () => false, close: () => undefined });
  let count = 0;
  const told: number[] = [];
  const unpacker = createUnpacker(tmpdir(), {
    files,
    lowers: [],
    warn: () => undefined,
    many: () => told.push(count),
  });
  const link: Omit<TarEntry, 'path'> = {
    ...{ type: 'symlink', linkPath: 'target', size: 0, storedSize: 0, mode: 0o777, uid: 0, gid: 0 },
    ...{ mtime: { seconds: 0, nanoseconds: 0 }, major: 0, minor: 0, xattrs: new Map(), sparse: undefined },
  };
  for (; count < 1000; count++) unpacker.entry({ ...link, path: `link-${count}` });
  assert.deepEqual(told, [255]);
});
