import assert from 'node:assert/strict';
import test from 'node:test';
import { parseUnit } from '../../../src/systemd/parse-unit';
import { describeProblem } from '../../../src/systemd/problem';
import { formatUnit, linesOf, renameSection } from '../../../src/systemd/unit-file';

const parse = (text: string) => parseUnit(text, 'x.container', '/q/x.container');

test('a file is written as it was read: order, repeated keys, comments, blank lines', () => {
  const text =
    '# top\n\n[Unit]\n# about\nAfter=a\nAfter=b\n\n; between\n[Container]\nImage=x\n\nLabel=b=c\n# end\n';
  assert.equal(formatUnit(parse(text).unit), text);
});

test('sections of one name become one', () => {
  const { unit } = parse('[A]\nx=1\n[B]\ny=2\n[A]\nx=3\n');
  assert.equal(formatUnit(unit), '[A]\nx=1\nx=3\n\n[B]\ny=2\n');
});

test('a backslash joins lines with a space, over comments, and the number is that of the first line', () => {
  const { unit } = parse('[A]\n\nx=1\\\n  2 \\\n# comment\n; another\n\n 3\ny=4\\');
  assert.deepEqual(
    unit.sections[0]?.lines.map(({ key, value, line }) => [key, value, line]),
    [
      ['', '', 2],
      ['x', '1 2 3', 3],
      ['y', '4', 9],
    ],
  );
});

test('white space around the equals sign does not count, and a value may have more of them', () => {
  assert.deepEqual(linesOf(parse('[A]\n x = a=b  \n').unit, 'A', 'x')[0]?.value, 'a=b');
});

test('an empty value takes back those before it', () => {
  const { unit } = parse('[A]\nx=1\nx=\nx=2\nx=3\n');
  assert.deepEqual(
    linesOf(unit, 'A', 'x').map(({ value }) => value),
    ['2', '3'],
  );
});

test('a section is renamed into one that is there', () => {
  const { unit } = parse('[X-A]\nx=1\n[A]\ny=2\n');
  renameSection(unit, 'A', 'X-A');
  assert.equal(formatUnit(unit), '[X-A]\nx=1\ny=2\n');
});

for (const [text, problem] of [
  ['x=1\n', '/q/x.container:1: x: stands before the first section'],
  ['[A]\n\ngarbage\n', '/q/x.container:3: "garbage" is neither KEY=VALUE nor a section nor a comment'],
  ['[A]\n=1\n', '/q/x.container:2: "=1" is neither KEY=VALUE nor a section nor a comment'],
  ['[A\n', '/q/x.container:1: "[A" is not the header of a section'],
  ['[]\n', '/q/x.container:1: "[]" is not the header of a section'],
  ['[A] b\n', '/q/x.container:1: "[A] b" is not the header of a section'],
] as const) {
  test(`${JSON.stringify(text)} is reported with its line`, () => {
    assert.deepEqual(
      parse(text).problems.map((each) => describeProblem(each)),
      [problem],
    );
  });
}
