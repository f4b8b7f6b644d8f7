import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { makeFifo } from '../../../src/sys/special-files';
import { syncFiles } from '../../../src/sys/sync-files';
import { inFolder } from '../../helpers/in-folder';

/** A directory and five things in it. */
function makeTree(folder: string): string {
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'deeper'), { recursive: true });
  writeFileSync(join(tree, 'deeper/file'), 'data');
  writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0xfe])]), 'no UTF-8');
  symlinkSync('/nowhere', join(tree, 'link'));
  makeFifo(Buffer.from(join(tree, 'fifo')), 0o600);
  return tree;
}

test('syncFiles() syncs files, and directories whatever is in them', () => {
  inFolder((folder) => {
    writeFileSync(join(folder, 'single'), '');
    assert.equal(syncFiles([makeTree(folder), join(folder, 'single')], 32), true);
  });
});

test('syncFiles() leaves more than it is allowed to its caller', () => {
  inFolder((folder) => {
    const tree = makeTree(folder);
    assert.equal(syncFiles([tree], 4), false);
    assert.equal(syncFiles([tree], 5), true);
    assert.equal(syncFiles([join(tree, 'deeper/file'), join(tree, 'deeper/file')], 1), false);
  });
});

test('syncFiles() leaves what it must not read to its caller', { skip: process.getuid?.() === 0 }, () => {
  inFolder((folder) => {
    const tree = makeTree(folder);
    chmodSync(join(tree, 'deeper/file'), 0);
    assert.equal(syncFiles([tree], 32), false);
    chmodSync(join(tree, 'deeper'), 0);
    assert.equal(syncFiles([tree], 32), false);
    chmodSync(join(tree, 'deeper'), 0o700);
  });
});

test('syncFiles() says what is missing', () => {
  assert.throws(() => syncFiles(['/nowhere/at/all'], 32), { code: 'ENOENT' });
});
