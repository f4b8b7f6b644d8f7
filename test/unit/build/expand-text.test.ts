import assert from 'node:assert/strict';
import test from 'node:test';
import { expandText } from '../../../src/build/language/expand-text';

const variables = new Map([
  ['FULL', 'xxyy'],
  ['EMPTY', ''],
  ['PATHS', '/usr/local/bin'],
  ['GLOB', '/foo*/*/*.txt'],
  ['STARS', 'a***yy*'],
  ['NEEDLE', '\\*/'],
  ['KOREAN', '한국어'],
  ['VERSION', 'v1.22.3-rc1'],
]);

function expand(text: string): string {
  return expandText(text, variables, { escape: '\\' }).text;
}

/** Text, and what it becomes. */
const cases: [string, string][] = [
  ['plain', 'plain'],
  ['$FULL-$FULL', 'xxyy-xxyy'],
  ['${FULL}s', 'xxyys'],
  ['$FULLs', ''],
  ['$', '$'],
  ['a$', 'a$'],
  ['$ x', '$ x'],
  ['\\$FULL', '$FULL'],
  ["'$FULL'", '$FULL'],
  ['"$FULL"', 'xxyy'],
  ['"a \'b\' c"', "a 'b' c"],
  ['\'a "b"\'', 'a "b"'],
  ['"a\\"b"', 'a"b'],
  ['"a\\nb"', 'a\\nb'],
  ['a\\nb', 'anb'],
  ['a\\', 'a'],
  ['"\\$FULL"', '$FULL'],
  ['a"b"\'c\'d', 'abcd'],
  ['${KOREAN}', '한국어'],
  ['${FULL-aaa} ${EMPTY-bbb} ${NONE-ccc}', 'xxyy  ccc'],
  ['${FULL:-aaa} ${EMPTY:-bbb} ${NONE:-ccc}', 'xxyy bbb ccc'],
  ['${FULL+aaa} ${EMPTY+bbb} ${NONE+ccc}', 'aaa bbb '],
  ['${FULL:+aaa} ${EMPTY:+bbb} ${NONE:+ccc}', 'aaa  '],
  ['${NONE:-${FULL}}', 'xxyy'],
  ['${NONE:-"a }"}', 'a }'],
  ['${NONE:-a\\}b}', 'a}b'],
  ['${FULL?bad}', 'xxyy'],
  ['${EMPTY?bad}', ''],
  ['${FULL#*}', 'xxyy'],
  ['${FULL##*}', ''],
  ['${FULL##*x}', 'yy'],
  ['${FULL#*x}', 'xyy'],
  ['${FULL#$NONE}', 'xxyy'],
  ['${FULL%y}', 'xxy'],
  ['${FULL%%y*}', 'xx'],
  ['${FULL%y*}', 'xxy'],
  ['${FULL%x}', 'xxyy'],
  ['${STARS%%\\**\\*}', 'a'],
  ['${PATHS%/*}', '/usr/local'],
  ['${PATHS##*/}', 'bin'],
  ['${VERSION#v}', '1.22.3-rc1'],
  ['${VERSION%%-*}', 'v1.22.3'],
  ['${PATHS//\\//_}', '_usr_local_bin'],
  ['${PATHS/\\//}', 'usr/local/bin'],
  ['${GLOB/$NEEDLE/.} - ${GLOB//$NEEDLE/.}', '/foo.*/*.txt - /foo..*.txt'],
  ['${FULL//x/$FULL}', 'xxyyxxyyyy'],
  ['${FULL/y/$&}', 'xx$&y'],
  ['${FULL///}', 'xxyy'],
  ['${NONE///}', ''],
  ['${NONE}', ''],
];

test('expandText() knows quotes, escapes and every substitution', () => {
  for (const [text, expected] of cases) assert.equal(expand(text), expected, text);
});

/** Text, and the message. */
const wrong: [string, RegExp][] = [
  ['${NONE?needed}', /^Error: NONE: needed$/],
  ['${NONE:?}', /^Error: NONE: is not allowed to be unset$/],
  ['${EMPTY:?}', /^Error: EMPTY: is not allowed to be empty$/],
  ['${FULL=a}', /"=" is no substitution/],
  ['${FULL:=a}', /":=" is no substitution/],
  ['${FULL:}', /":}" is no substitution/],
  ['${FULL', /"}" is missing/],
  ['${FULL:-a', /"}" is missing/],
  ['${', /"}" is missing/],
  ['${}', /is not a variable/],
  ['${:x}', /is not a variable/],
  ['${FULL//ww}', /"\/" is missing/],
  ['${FULL#\\x}', /invalid escape/],
  ["'open", /single quote is not closed/],
  ['"open', /double quote is not closed/],
];

test('expandText() tells what is wrong', () => {
  for (const [text, message] of wrong) assert.throws(() => expand(text), message, text);
});

test('expandText() divides at blanks that are neither quoted nor escaped', () => {
  const given = new Map([['TWO', 'a b']]);
  const words = (text: string) => expandText(text, given, { escape: '\\' }).words;
  assert.deepEqual(words('x $TWO "$TWO" c\\ d'), ['x', 'a', 'b', 'a b', 'c d']);
  assert.deepEqual(words('  '), []);
});

test('expandText() tells of variables without a value', () => {
  assert.deepEqual(expandText('$A ${B:-x} ${C}', new Map(), { escape: '\\' }).unset, ['A', 'C']);
});

test('the other escape character is a backtick', () => {
  assert.equal(expandText('C:\\x `$FULL', variables, { escape: '`' }).text, 'C:\\x $FULL');
});
