import assert from 'node:assert/strict';
import test from 'node:test';
import { escapeSpecial, joinWords, splitWords } from '../../../src/systemd/unit-words';

for (const [text, words] of [
  ['a  b\tc', ['a', 'b', 'c']],
  ['', []],
  ['"a b" \'c "d"\' ""', ['a b', 'c "d"', '']],
  ['x="y z"w', ['x=y zw']],
  ['\\x41\\101\\u00e9\\U0001F600\\s\\t\\\\', ['AAé😀 \t\\']],
  ['"a\\"b" \\\'', ['a"b', "'"]],
  ['%i $$HOME ;', ['%i', '$$HOME', ';']],
] as const) {
  test(`splitWords() takes ${JSON.stringify(text)} apart`, () => {
    assert.deepEqual(splitWords(text, { escapes: true }), words);
  });
}

test('splitWords() leaves backslashes alone where they are no escape', () => {
  assert.deepEqual(splitWords('a\\b "c\\d"', { escapes: false }), ['a\\b', 'c\\d']);
});

for (const [text, message] of [
  ['"a', /the quote " in ""a" is not closed/],
  ["a 'b", /the quote ' in/],
  ['a\\qb', /"\\q" is not an escape sequence/],
  ['a\\', /"\\" is not an escape sequence/],
  ['\\x00', /not an escape sequence/],
  ['\\400', /not an escape sequence/],
  ['\\U00110000', /not an escape sequence/],
] as const) {
  test(`splitWords() rejects ${JSON.stringify(text)}`, () => {
    assert.throws(() => splitWords(text, { escapes: true }), message);
  });
}

test('joinWords() writes what splitWords() reads', () => {
  const words = ['plain', 'a b', '', '"', "'", '\\', 'tab\t', 'line\nline', '\x01', '--x=%i', '$HOME', 'é😀'];
  assert.deepEqual(splitWords(joinWords(words), { escapes: true }), words);
  assert.equal(joinWords(['a', 'b c', 'd"e']), 'a "b c" "d\\"e"');
});

test('escapeSpecial() takes their meaning from specifiers and variables', () => {
  assert.equal(escapeSpecial('100% $HOME $$'), '100%% $$HOME $$$$');
});
