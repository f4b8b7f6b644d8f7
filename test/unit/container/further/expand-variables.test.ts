import assert from 'node:assert/strict';
import test from 'node:test';
import { expandVariables } from '../../../../src/container/further/expand-variables';

const known = { A: 'one', EMPTY: '' };

const CASES: [text: string, result: string][] = [
  ['$A', 'one'],
  ['${A}-two', 'one-two'],
  ['x$A/${A}y', 'xone/oney'],
  ['$NOSUCH${NOSUCH}', ''],
  ['${NOSUCH:-other}', 'other'],
  ['${EMPTY:-other}', 'other'],
  ['${A:-other}', 'one'],
  ['${A:+set}', 'set'],
  ['${NOSUCH:+set}', ''],
  ['\\$A', '$A'],
  ['100%', '100%'],
];

for (const [text, result] of CASES) {
  test(`expandVariables() makes "${result}" of "${text}"`, () => {
    assert.equal(expandVariables(text, known), result);
  });
}
