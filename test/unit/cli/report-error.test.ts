import assert from 'node:assert/strict';
import test from 'node:test';
import type { Output } from '../../../src/cli/define-command';
import { ClosedOutputError } from '../../../src/cli/output';
import { escapeControls, reportError } from '../../../src/cli/report-error';
import { TspodError } from '../../../src/lib/errors';

function report(error: unknown, debug = false): { status: number; said: string[] } {
  const said: string[] = [];
  const output = { note: (line: string) => said.push(line) } as unknown as Output;
  return { status: reportError(error, output, debug), said };
}

test('an error is one line, its hint another, its status that of the error', () => {
  const error = new TspodError('machine', 'no "newuidmap"', {
    hint: 'apt-get install uidmap',
    exitCode: 126,
  });
  assert.deepEqual(report(error), {
    status: 126,
    said: ['Error: no "newuidmap"', 'hint: apt-get install uidmap'],
  });
});

test('several errors are one line each, the status that of the first', () => {
  const error = new AggregateError([
    new TspodError('state', 'a', { exitCode: 1 }),
    new TspodError('state', 'b'),
  ]);
  assert.deepEqual(report(error), { status: 1, said: ['Error: a', 'Error: b'] });
});

test('what nobody foresaw is an internal error, with its stack only when debugging', () => {
  assert.deepEqual(report(new TypeError('x is undefined')).said, ['Error: internal error: x is undefined']);
  assert.match(report(new TypeError('x'), true).said[1] ?? '', /TypeError: x\n {4}at /);
});

test('an error of the operating system is told without its number', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  assert.deepEqual(report(error).said, ['Error: no space left on device']);
});

test('a closed standard output is quiet', () => {
  assert.deepEqual(report(new ClosedOutputError('closed')), { status: 141, said: [] });
});

test('control characters never reach the terminal', () => {
  assert.equal(escapeControls('a\x1b[31mb\nc\u202e\x7f'), 'a\\x1b[31mb\\nc\\u202e\\x7f');
});
