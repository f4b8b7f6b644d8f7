import assert from 'node:assert/strict';
import { readFileSync, readlinkSync, readdirSync, symlinkSync } from 'node:fs';
import test from 'node:test';
import { createDirectorySink } from '../../../../src/store/sink/directory-sink';
import { inFolder } from '../../../helpers/in-folder';

async function* pieces(...texts: (string | Error)[]): AsyncGenerator<Buffer> {
  for (const text of texts) {
    if (text instanceof Error) throw text;
    yield Buffer.from(text);
  }
}

test('createDirectorySink() puts files in place of older ones', () =>
  inFolder(async (folder) => {
    const sink = createDirectorySink(folder);
    await sink.addBytes('blobs/one', Buffer.from('old'));
    await sink.addStream('blobs/one', pieces('n', 'ew'));
    await sink.finish();
    assert.equal(readFileSync(`${folder}/blobs/one`, 'utf8'), 'new');
    assert.deepEqual(readdirSync(`${folder}/blobs`), ['one']);
  }));

test('createDirectorySink() leaves nothing of a file that could not be read to its end', () =>
  inFolder(async (folder) => {
    const sink = createDirectorySink(folder);
    await assert.rejects(sink.addStream('file', pieces('half', new Error('broken off'))), /broken off/);
    assert.deepEqual(readdirSync(folder), []);
  }));

test('createDirectorySink() replaces a link that leads nowhere', () =>
  inFolder(async (folder) => {
    symlinkSync('/nowhere', `${folder}/link`);
    await createDirectorySink(folder).addLink('link', 'file');
    assert.equal(readlinkSync(`${folder}/link`), 'file');
  }));
