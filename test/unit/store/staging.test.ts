import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { stagingAtUse } from '../../../src/store/staging';

test('stagingAtUse() makes a directory when its path is asked for, and removes it', () => {
  const tmp = mkdtempSync(join(tmpdir(), 'staging-'));
  try {
    stagingAtUse({ tmp }).remove();
    const staging = stagingAtUse({ tmp });
    assert.deepEqual(readdirSync(tmp), []);
    const { path } = staging;
    assert.ok(existsSync(`${path}/lock`));
    assert.equal(staging.path, path);
    staging.remove();
    assert.deepEqual(readdirSync(tmp), []);
  } finally {
    rmSync(tmp, { recursive: true });
  }
});
