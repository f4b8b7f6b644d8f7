import assert from 'node:assert/strict';
import test from 'node:test';
import { wrapText } from '../../../src/cli/wrap';

test('wrapText() breaks at blanks, keeps paragraphs, and leaves long words whole', () => {
  assert.deepEqual(wrapText('aa bb cc', 5), ['aa bb', 'cc']);
  assert.deepEqual(wrapText('a\n\nb', 5), ['a', '', 'b']);
  assert.deepEqual(wrapText('a toolongword b', 4), ['a', 'toolongword', 'b']);
});
