import assert from 'node:assert/strict';
import test from 'node:test';
import { tableLines } from '../../../../src/cli/commands/container/top';
import type { Output } from '../../../../src/cli/define-command';

const rows = [
  ['USER', 'PID', 'PPID', '%CPU', 'ELAPSED', 'TTY', 'TIME', 'COMMAND'],
  ['root', '1', '0', '0.000', '2.9s', '?', '0s', `sleep ${'9'.repeat(60)}`],
];

function output(isTerminal: boolean): Output {
  return { print: () => undefined, write: () => undefined, note: () => undefined, isTerminal };
}

test('top fits a narrow terminal: all columns are there, the command is shorter', async () => {
  const lines = await tableLines(rows, output(true), 80);
  assert.ok(lines.every((line) => line.length <= 80));
  assert.match(lines[0] ?? '', /^USER +PID +PPID +%CPU +ELAPSED +TTY +TIME +COMMAND$/);
  assert.match(lines[1] ?? '', /^root +1 +0 +0\.000 +2\.9s +\? +0s +sleep 9+…$/);
});

test('top into a file has the whole command and the columns of Podman', async () => {
  const lines = await tableLines(rows, output(false), 80);
  assert.match(lines[0] ?? '', /^USER {8}PID {9}PPID/);
  assert.ok(lines[1]?.endsWith('9'.repeat(60)));
});
