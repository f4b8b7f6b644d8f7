import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { Context } from '../../../../src/lib/context';
import { unpackHelper } from '../../../../src/runtime/unpack-helper';
import { createFileMaker } from '../../../../src/store/layer/file-maker';
import type { FileMaker } from '../../../../src/store/layer/file-maker';
import type { TarEntry } from '../../../../src/store/tar/entry';
import { project } from '../../../helpers/project';

function withMaker(use: (files: FileMaker, root: string) => void): void {
  const top = mkdtempSync(join(tmpdir(), 'tspod-maker-'));
  const context = { paths: { helper: join(project, 'dist/tspod-helper') } } as Context;
  const files = createFileMaker(unpackHelper(context));
  try {
    mkdirSync(join(top, 'root'));
    files.begin(join(top, 'root'));
    use(files, join(top, 'root'));
  } finally {
    files.close();
    rmSync(top, { recursive: true, force: true });
  }
}

const ignore = (): void => undefined;

const entry: TarEntry = {
  ...{ type: 'file', path: '', linkPath: '', size: 0, storedSize: 0, mode: 0o644, major: 0, minor: 0 },
  ...{ uid: 0, gid: 0, mtime: { seconds: 1, nanoseconds: 0 }, xattrs: new Map(), sparse: undefined },
};

test('createFileMaker() makes files of any size', () => {
  withMaker((files, root) => {
    const sizes = [0, 1, 4096, 100_000, 3_000_000];
    for (const size of sizes) {
      files.file(`f${size}`, entry);
      if (size > 0) files.data(Buffer.alloc(size, size % 251), 0);
      files.end();
    }
    files.sync(ignore);
    for (const size of sizes)
      assert.ok(readFileSync(join(root, `f${size}`)).equals(Buffer.alloc(size, size % 251)));
  });
});

test('createFileMaker() follows no link, whatever it is told', () => {
  withMaker((files, root) => {
    mkdirSync(join(root, '../outside'));
    symlinkSync('../outside', join(root, 'way'));
    files.file('way/escaped', entry);
    assert.throws(
      () => files.sync(ignore),
      /^TspodError: entry "way\/escaped": .*(symbolic|loop|not a directory)/s,
    );
    assert.ok(!existsSync(join(root, '../outside/escaped')));
  });
});

test('createFileMaker() goes not above its root, whatever it is told', () => {
  withMaker((files, root) => {
    mkdirSync(join(root, '../outside'));
    files.file('../outside/escaped', entry);
    assert.throws(() => files.sync(ignore), /entry "\.\.\/outside\/escaped"/);
    assert.ok(!existsSync(join(root, '../outside/escaped')));
  });
});

test('createFileMaker() tells what has gone wrong with the first thing that did, also later and again', () => {
  withMaker((files) => {
    files.symlink('missing/one', { ...entry, type: 'symlink', linkPath: 'x' });
    const more = (): void => {
      for (let count = 0; count < 100; count++) {
        files.file('many', entry);
        files.data(Buffer.alloc(1 << 20), 0);
      }
      files.sync(ignore);
    };
    const expected = /entry "missing\/one": no such file or directory/;
    assert.throws(more, (error) => files.isOwn(error) && expected.test(String(error)));
    assert.throws(() => files.sync(ignore), expected);
  });
});

test('createFileMaker() waits for no answers that nobody reads', () => {
  withMaker((files) => {
    const attributes = new Map([['user.'.padEnd(200, 'x'), Buffer.alloc(0)]]);
    // links know no attributes of users
    for (let count = 0; count < 2000; count++)
      files.symlink(`l${count}`, { ...entry, type: 'symlink', linkPath: 'x', xattrs: attributes });
    let warnings = 0;
    files.sync(() => warnings++);
    assert.ok(warnings > 10 && warnings <= 2000, String(warnings));
  });
});
