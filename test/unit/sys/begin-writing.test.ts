import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { beginWriting, createWriteStarter, forgetCached } from '../../../src/sys/begin-writing';

test('beginWriting() and createWriteStarter() leave a file as it is, and need none that is still open', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tspod-begin-'));
  try {
    const path = join(folder, 'file');
    const descriptor = openSync(path, 'w+');
    const start = createWriteStarter(descriptor, 10);
    for (let at = 0; at < 100; at++) {
      writeSync(descriptor, 'x');
      start(at + 1);
      if (at % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    beginWriting(descriptor);
    forgetCached(descriptor);
    closeSync(descriptor);
    beginWriting(descriptor);
    start(1000);
    assert.equal(readFileSync(path, 'latin1'), 'x'.repeat(100));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
