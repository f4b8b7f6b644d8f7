import assert from 'node:assert/strict';
import test from 'node:test';
import { Script } from 'node:vm';
import { postponeOptimizing } from '../../../src/sys/postpone-optimizing';

test('after postponeOptimizing() V8 takes a code cache that was made before it', () => {
  const source = 'globalThis.answer = () => 42;';
  const cachedData = new Script(source).createCachedData();
  const end = postponeOptimizing();
  end();
  end();
  assert.equal(new Script(source, { cachedData }).cachedDataRejected, false);
});
