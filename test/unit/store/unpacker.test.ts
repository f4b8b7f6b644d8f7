import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { createUnpacker } from '../../../src/store/layer/unpacker';
import { createTarReader } from '../../../src/store/tar/tar-reader';
import { getXattr, setXattr } from '../../../src/sys/xattr';
import { buildArchive } from './build-archive';
import type { Member } from './build-archive';

/** Unpacks an archive in pieces of odd sizes into a new directory, which `check` then looks at. */
function unpack(
  archive: Buffer,
  check: (root: string, warnings: string[]) => void,
  lowers: string[] = [],
): void {
  const top = mkdtempSync(join(tmpdir(), 'tspod-unpack-'));
  const root = join(top, 'diff');
  mkdirSync(root);
  const warnings: string[] = [];
  const unpacker = createUnpacker(root, { lowers, warn: (message) => warnings.push(message) });
  const umask = process.umask(0);
  try {
    const reader = createTarReader(unpacker);
    for (let at = 0; at < archive.length; at += 777) reader.push(archive.subarray(at, at + 777));
    reader.finish();
    unpacker.finish();
    check(root, warnings);
  } finally {
    process.umask(umask);
    unpacker.abort();
    assert.deepEqual(readdirSync(top), ['diff'], 'something was made outside of the directory');
    rmSync(top, { recursive: true, force: true });
  }
}

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

const sparseFormats = [
  ['GNU', '--format=gnu'],
  ['PAX 0.0', '--xattrs', '--format=posix', '--sparse-version=0.0'],
  ['PAX 0.1', '--xattrs', '--format=posix', '--sparse-version=0.1'],
  ['PAX 1.0', '--xattrs', '--format=posix', '--sparse-version=1.0'],
];

for (const [format = '', ...options] of sparseFormats) {
  test(`createUnpacker() reads what GNU tar writes: sparse, long and foreign names, attributes (${format})`, () => {
    const source = mkdtempSync(join(tmpdir(), 'tspod-source-'));
    try {
      const long = `${'d'.repeat(120)}/${'f'.repeat(200)}`;
      mkdirSync(join(source, 'd'.repeat(120)));
      writeFileSync(join(source, long), 'long');
      writeFileSync(join(source, 'größe-日本'), 'utf8');
      writeFileSync(Buffer.concat([Buffer.from(`${source}/`), Buffer.from([0x61, 0xff, 0xfe])]), 'bytes');
      writeFileSync(join(source, 'empty'), '');
      const holes = join(source, 'holes');
      writeFileSync(holes, '');
      truncateSync(holes, 40 << 20);
      for (let i = 0; i < 30; i++) {
        execFileSync('dd', [
          'if=/dev/zero',
          `of=${holes}`,
          'bs=4096',
          'count=1',
          `seek=${i * 300}`,
          'conv=notrunc',
          'status=none',
        ]);
        execFileSync('sh', [
          '-c',
          `printf part${i} | dd of=${holes} bs=4096 seek=${i * 300} conv=notrunc status=none`,
        ]);
      }
      setXattr(join(source, 'empty'), 'user.raw', Buffer.from([0, 255, 10, 61, 128]));
      const archive = execFileSync('tar', ['-C', source, '--sparse', ...options, '-cf', '-', '.'], {
        maxBuffer: 64 << 20,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      unpackAndCompare(archive, source, format !== 'GNU');
    } finally {
      rmSync(source, { recursive: true });
    }
  });
}

function unpackAndCompare(archive: Buffer, source: string, hasXattrs: boolean): void {
  unpack(archive, (root) => {
    execFileSync('diff', ['-r', source, root], { stdio: 'pipe' });
    const holes = statSync(join(root, 'holes'));
    assert.equal(holes.size, 40 << 20);
    assert.ok(holes.blocks * 512 < 4 << 20, 'the holes were filled');
    assert.ok(existsSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff, 0xfe])])));
    if (hasXattrs)
      assert.deepEqual(getXattr(join(root, 'empty'), 'user.raw'), Buffer.from([0, 255, 10, 61, 128]));
  });
}
