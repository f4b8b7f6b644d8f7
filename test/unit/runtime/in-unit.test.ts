import assert from 'node:assert/strict';
import test from 'node:test';
import { isInUnit } from '../../../src/runtime/in-unit';

const env = { INVOCATION_ID: '0123456789abcdef0123456789abcdef' };
const stat = (terminal: number) => () => `41 (a) b) S 1 41 41 ${terminal} 41 4194304 1 2`;

test('what systemd has started is in its unit, unless it has a terminal', () => {
  assert.equal(isInUnit({ env }, stat(0)), true);
  assert.equal(isInUnit({ env }, stat(34816)), false);
});

test('without an invocation there is no unit, and nothing is read', () => {
  const fail = () => assert.fail('read');
  assert.equal(isInUnit({ env: {} }, fail), false);
  assert.equal(isInUnit({ env: { INVOCATION_ID: '' } }, fail), false);
});
