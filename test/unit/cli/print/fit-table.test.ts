import assert from 'node:assert/strict';
import test from 'node:test';
import type { Output } from '../../../../src/cli/define-command';
import { colorsFor } from '../../../../src/cli/print/colors';
import { fitTable, leaveOut } from '../../../../src/cli/print/fit-table';

const plain = { isTerminal: false } as Output;
const terminal = { isTerminal: true } as Output;
const lines = [
  ['ID', 'IMAGE', 'STATUS', 'NAMES'],
  ['8fdb6e8d5075', 'registry.example.org/team/web:1.2', 'Up 3 minutes', 'a-long-name-that-stays'],
  ['08a53931db82', 'busybox', 'Exited (1) 3 minutes ago', 'db'],
];
const table = { lines, shrinkable: [false, true, true, false], state: 2 };

test('fitTable() leaves a table that fits as it is', () => {
  const [heading, first] = fitTable(table, 200, plain);
  assert.equal(heading, `ID            IMAGE${' '.repeat(30)}STATUS${' '.repeat(20)}NAMES`);
  assert.match(first ?? '', /1\.2 {2}Up 3 minutes {14}a-long/);
});

test('fitTable() shortens the widest columns, and never those that somebody copies', () => {
  const fitted = fitTable(table, 80, plain);
  for (const line of fitted) assert.ok(line.length <= 80, line);
  assert.match(fitted[1] ?? '', /^8fdb6e8d5075 {2}registry\.\S*… .* a-long-name-that-stays$/);
  const narrow = fitTable(table, 20, plain);
  assert.match(narrow[1] ?? '', /^8fdb6e8d5075 {2}\S{7}… {2}.{7}… {2}a-long-name-that-stays$/);
});

test('colours of states are for terminals, and not with NO_COLOR or TERM=dumb', () => {
  assert.equal(colorsFor(terminal, { TERM: 'xterm' }).green('x'), '\u001b[32mx\u001b[39m');
  for (const env of [{ NO_COLOR: '1', TERM: 'xterm' }, { TERM: 'dumb' }]) {
    assert.equal(colorsFor(terminal, env).green('x'), 'x');
  }
  assert.equal(colorsFor(plain, { TERM: 'xterm' }).green('x'), 'x');
});

test('leaveOut() leaves out spare columns in their order, and no more than it takes', () => {
  const widthOf = (column: string): number => column.length;
  const columns = ['ID', 'Name', 'Usage', 'Time'];
  const left = (width: number): readonly string[] => leaveOut(columns, ['Time', 'ID'], { width, widthOf });
  assert.deepEqual(left(21), columns);
  assert.deepEqual(left(20), ['ID', 'Name', 'Usage']);
  assert.deepEqual(left(14), ['Name', 'Usage']);
  assert.deepEqual(left(3), ['Name', 'Usage']);
});
