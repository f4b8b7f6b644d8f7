import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { mergeTree } from '../../../../src/container/rootfs/merge-tree';

test('mergeTree() brings directories together, replaces the rest, and goes through no link', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'merge-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [from, to, secret] = ['from', 'to', 'secret'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [from, `${from}/both`, `${from}/link`, to, `${to}/both`, secret]) mkdirSync(path);
  chmodSync(`${from}/both`, 0o711);
  writeFileSync(`${from}/both/new`, 'new');
  writeFileSync(`${from}/link/file`, 'mine');
  symlinkSync('/nowhere', `${from}/file`);
  writeFileSync(`${to}/both/kept`, 'kept');
  writeFileSync(`${to}/file`, 'old');
  symlinkSync(secret, `${to}/link`);
  mergeTree(from, to);
  assert.equal(readFileSync(`${to}/both/new`, 'utf8') + readFileSync(`${to}/both/kept`, 'utf8'), 'newkept');
  assert.equal(statSync(`${to}/both`).mode & 0o777, 0o711);
  assert.equal(readlinkSync(`${to}/file`), '/nowhere');
  assert.equal(readFileSync(`${to}/link/file`, 'utf8'), 'mine');
  assert.throws(() => statSync(`${secret}/file`));
});
