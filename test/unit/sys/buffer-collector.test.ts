import assert from 'node:assert/strict';
import test from 'node:test';
import { Script } from 'node:vm';
import { createBufferCollector } from '../../../src/sys/buffer-collector';

test('createBufferCollector() leaves V8 with the flags of its start: a code cache that is written later is taken', () => {
  const source = '(function () { return 1; })';
  const collect = createBufferCollector();
  for (let at = 0; at < 4; at++) collect(8 << 20);
  const cachedData = new Script(source).createCachedData();
  const flagsHash = (data: Buffer): number => data.readUInt32LE(12);
  assert.equal(new Script(source, { cachedData }).cachedDataRejected, false);
  assert.equal(flagsHash(cachedData), flagsHash(before));
});

const before = new Script('(function () { return 1; })').createCachedData();
