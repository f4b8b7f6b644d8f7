import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { getXattr, setXattr } from '../../../../src/sys/xattr';
import { unpack } from '../../../helpers/unpack';

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
