import assert from 'node:assert/strict';
import test from 'node:test';
import type { BuildEvent, StepLabel } from '../../../src/build/events';
import { drawnReport } from '../../../src/cli/print/build/drawn-report';
import { makeLineSplitter } from '../../../src/cli/print/build/line-splitter';
import { plainReport } from '../../../src/cli/print/build/plain-report';
import { quietReport } from '../../../src/cli/print/build/quiet-report';
import { stepText, stepTime } from '../../../src/cli/print/build/step-text';

function step(id: number, changes: Partial<StepLabel> = {}): StepLabel {
  return { id, stage: 'build', number: id, total: 3, text: `RUN step ${id}`, ...changes };
}

function output(id: number, text: string): BuildEvent {
  return { kind: 'output', step: step(id), stream: 'stdout', data: Buffer.from(text) };
}

test('a step is told of with its stage, its number and its platform, on one line', () => {
  assert.equal(stepText(step(1)), '[build 1/3] RUN step 1');
  assert.equal(stepText(step(1, { stage: '0' })), '[1/3] RUN step 1');
  assert.equal(stepText(step(1, { platform: 'linux/arm64' })), '[linux/arm64 build 1/3] RUN step 1');
  assert.equal(stepText(step(1, { text: 'RUN a \\\n\t b\x1b[2J' })), '[build 1/3] RUN a \\ b [2J');
  assert.deepEqual([0.04, 59.94, 125].map(stepTime), ['0.0s', '59.9s', '2m05s']);
});

test('plain lines: one for a step that ends at once, the output of others with their place while several are at work', () => {
  const lines: string[] = [];
  const { report, close } = plainReport((line) => lines.push(line));
  const events: BuildEvent[] = [
    { kind: 'start', step: step(1) },
    { kind: 'cached', step: step(1) },
    { kind: 'start', step: step(2) },
    output(2, 'one\ntw'),
    { kind: 'start', step: step(3) },
    output(2, 'o\nthree'),
    { kind: 'done', step: step(3), seconds: 0.2 },
    { kind: 'failed', step: step(2), seconds: 1 },
    {
      kind: 'warning',
      text: 'odd',
      at: { file: 'Containerfile', line: 2, column: 3, length: 1, text: '' },
    },
  ];
  events.forEach(report);
  close();
  assert.deepEqual(lines, [
    '[build 1/3] RUN step 1 (cached)',
    '[build 2/3] RUN step 2',
    'one',
    '[build 2/3] two',
    '[build 3/3] RUN step 3 (done in 0.2s)',
    'three',
    '[build 2/3] failed in 1.0s',
    'Warning: Containerfile:2:3: odd',
  ]);
});

test('a step that is still at work after a moment is told of', async () => {
  const lines: string[] = [];
  const { report, close } = plainReport((line) => lines.push(line));
  report({ kind: 'start', step: step(1) });
  const giveUp = Date.now() + 10_000;
  while (lines.length === 0 && Date.now() < giveUp) await new Promise((resolve) => setTimeout(resolve, 10));
  close();
  assert.deepEqual(lines, ['[build 1/3] RUN step 1']);
});

test('what a step waits for is a plain line once, and on a terminal stands behind it with how far it is', () => {
  const lines: string[] = [];
  let text = '';
  const plain = plainReport((line) => lines.push(line));
  const drawn = drawnReport({ write: (part) => (text += part), width: () => 80, now: () => 0 });
  const progress = (amount?: string): BuildEvent => ({
    ...{ kind: 'progress', step: step(1), text: 'pulling x' },
    ...(amount === undefined ? {} : { amount }),
  });
  for (const event of [progress(), progress('1 B of 2 B'), { kind: 'cached', step: step(1) } as const]) {
    plain.report(event);
    drawn.report(event);
    if (event.kind === 'progress') drawn.report({ kind: 'start', step: step(1) });
  }
  plain.close();
  drawn.close();
  assert.deepEqual(lines, ['[build 1/3] RUN step 1', 'pulling x', '[build 1/3] cached']);
  assert.match(text, /RUN step 1: pulling x +0\.0s\n/);
  assert.match(text, /RUN step 1: pulling x, 1 B of 2 B +0\.0s\n/);
});

test('a quiet build shows only the last lines of what fails', () => {
  const lines: string[] = [];
  const { report } = quietReport((line) => lines.push(line));
  report({ kind: 'start', step: step(1) });
  report(output(1, Array.from({ length: 30 }, (_, at) => `line ${at}\n`).join('')));
  report({ kind: 'done', step: step(2), seconds: 1 });
  assert.deepEqual(lines, []);
  report({ kind: 'failed', step: step(1), seconds: 1 });
  assert.equal(lines[0], '[build 1/3] RUN step 1');
  assert.deepEqual([lines.length, lines[1], lines.at(-1)], [21, 'line 10', 'line 29']);
});

test('on a terminal every step is one line that is as wide as the terminal at most, and what fails shows its last lines', () => {
  let text = '';
  let now = 0;
  const { report, close } = drawnReport({ write: (part) => (text += part), width: () => 40, now: () => now });
  report({ kind: 'start', step: step(1, { text: `RUN ${'x'.repeat(100)}` }) });
  now = 3_000;
  report(output(1, 'working\x1b[2K\x07\n'));
  report({ kind: 'failed', step: step(1), seconds: 3 });
  report({ kind: 'cached', step: step(2) });
  close();
  assert.equal(
    text,
    [
      `[build 1/3] RUN ${'x'.repeat(15)}... 0.0s\n`,
      `\x1b[1A\x1b[J[build 1/3] RUN ${'x'.repeat(15)}... 3.0s\n`,
      '\x1b[1A\x1b[J[build 1/3] RUN step 1      failed 3.0s\n  | working\n',
      '[build 2/3] RUN step 2           cached\n',
    ].join(''),
  );
});

test('lines are made of pieces, and of a line that was drawn over the last state stays', () => {
  const splitter = makeLineSplitter();
  assert.deepEqual(splitter.push(Buffer.from('a\r\nb 10%\rb 20%\nc')), ['a', 'b 20%']);
  assert.deepEqual(splitter.push(Buffer.from('ä').subarray(0, 1)), []);
  assert.deepEqual(splitter.push(Buffer.from('ä').subarray(1)), []);
  assert.deepEqual(splitter.rest(), ['cä']);
  assert.deepEqual(splitter.rest(), []);
});
