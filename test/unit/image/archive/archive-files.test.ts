import assert from 'node:assert/strict';
import { fstatSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { openDirectoryFiles, openTarFiles } from '../../../../src/image/archive/archive-files';
import { inFolder } from '../../../helpers/in-folder';

test('openDirectoryFiles() finds the files of its directory, and none outside of it', () => {
  inFolder((folder) => {
    mkdirSync(`${folder}/archive/sub`, { recursive: true });
    writeFileSync(`${folder}/archive/sub/inside`, 'four');
    writeFileSync(`${folder}/outside`, '');
    const files = openDirectoryFiles(`${folder}/archive`);
    assert.equal(files.find('sub/../sub/inside')?.size, 4);
    for (const path of ['../outside', 'sub/../../outside', '..', 'nothing'])
      assert.equal(files.find(path), undefined, path);
    files.close();
  });
});

test('openTarFiles() closes what is no archive', () => {
  inFolder((folder) => {
    writeFileSync(`${folder}/file`, 'no archive'.repeat(100));
    const descriptor = openSync(`${folder}/file`, 'r');
    assert.throws(() => openTarFiles(descriptor), { code: 'invalid' });
    assert.throws(() => fstatSync(descriptor), { code: 'EBADF' });
  });
});
