import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { listSmallTree } from '../../../src/sys/small-tree';

test('listSmallTree() lists all that is below a directory, unless it is too much', () => {
  const folder = mkdtempSync(join(tmpdir(), 'small-tree-'));
  try {
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/a/`), Buffer.from([0xff])]), '');
    symlinkSync('/', join(folder, 'a/link'));
    const found = listSmallTree(folder, 4)?.map(
      ({ path, kind }) => `${kind} ${path.toString('latin1').slice(folder.length)}`,
    );
    assert.deepEqual(found?.toSorted(), ['directory /a', 'directory /a/b', 'file /a/\xff', 'other /a/link']);
    assert.equal(listSmallTree(folder, 3), undefined);
    assert.deepEqual(listSmallTree(join(folder, 'a/b'), 0), []);
    assert.throws(() => listSmallTree(join(folder, 'missing'), 9), { code: 'ENOENT' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
