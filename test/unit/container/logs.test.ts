import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { LogFiles } from '../../../src/sys/log-files';
import { expandLogTag } from '../../../src/container/logs/log-tag';
import { parseLogLine, shortTime } from '../../../src/container/logs/log-line';
import { readLogs, type LogOptions } from '../../../src/container/logs/read-logs';
import { containerPaths } from '../../../src/container/paths';
import { makeSandbox } from './sandbox';
import { idFrom, storeContainer } from './stored-container';

const ID = idFrom('abc');
const at = (second: number): string => `2026-01-01T00:00:0${second}.000000000+00:00`;

function logPath(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tspod-log-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'ctr.log');
}

const texts = (files: LogFiles): string[] => [...files.lines()].map(String);

test('parseLogLine() keeps blanks and bytes of the text, and rejects a torn line', () => {
  const line = parseLogLine(Buffer.from(`${at(1)} stderr P  two  blanks `));
  assert.deepEqual(
    { ...line, text: String(line?.text) },
    {
      ...{ time: at(1), stream: 'stderr', isWhole: false, text: ' two  blanks ' },
    },
  );
  assert.equal(parseLogLine(Buffer.from(`${at(1)} stdout F `))?.text.length, 0);
  for (const torn of ['', at(1), `${at(1)} std`, `${at(1)} odd F x`])
    assert.equal(parseLogLine(Buffer.from(torn)), undefined);
});

test('shortTime() writes times as Go does', () => {
  assert.equal(shortTime('2026-01-01T00:00:00.120000000+00:00'), '2026-01-01T00:00:00.12Z');
  assert.equal(shortTime('2026-01-01T00:00:00.000000000+01:30'), '2026-01-01T00:00:00+01:30');
  assert.equal(shortTime('2026-01-01T00:00:00.000000001-00:00'), '2026-01-01T00:00:00.000000001Z');
});

test('LogFiles reads rotated files from the oldest to the newest', (t) => {
  const path = logPath(t);
  writeFileSync(`${path}.2`, 'one\n');
  writeFileSync(`${path}.1`, 'two\n');
  writeFileSync(path, 'three\n');
  const files = new LogFiles(path);
  assert.deepEqual(texts(files), ['one', 'two', 'three']);
  files.close();
});

test('LogFiles goes on where it was, across rotations, and waits for the end of a line', (t) => {
  const path = logPath(t);
  const files = new LogFiles(path);
  assert.deepEqual(texts(files), []);
  writeFileSync(path, 'one\ntw');
  assert.deepEqual(texts(files), ['one']);
  appendFileSync(path, 'o\nthree\n');
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'four\n');
  renameSync(`${path}.1`, `${path}.2`);
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'five\n');
  assert.deepEqual(texts(files), ['two', 'three', 'four', 'five']);
  assert.deepEqual(texts(files), []);
  files.close();
});

async function logged(t: TestContext, log: string, options: Partial<LogOptions> = {}): Promise<string[]> {
  const { ctx } = makeSandbox(t);
  const record = storeContainer(ctx, { id: ID, name: 'web', status: { phase: 'exited' } });
  writeFileSync(containerPaths(ctx, ID).log, log);
  const lines: string[] = [];
  for await (const { stream, text, isWhole } of readLogs(ctx, record, { follow: false, ...options }))
    lines.push(`${stream} ${String(text)}${isWhole ? '' : ' ...'}`);
  return lines;
}

test('readLogs() puts the pieces of a line together, each stream by itself', async (t) => {
  const log = `${at(1)} stdout P a\n${at(1)} stderr F x\n${at(2)} stdout F b\n${at(3)} stdout P tail\n`;
  assert.deepEqual(await logged(t, log), ['stderr x', 'stdout ab', 'stdout tail ...']);
});

test('readLogs() ends a line that has no line feed with the run that wrote it', async (t) => {
  const log = `${at(1)} stdout P a\n${at(1)} stdout F:end \n${at(2)} stdout F b\n`;
  assert.deepEqual(await logged(t, log), ['stdout a ...', 'stdout b']);
});

test('readLogs() keeps to the last lines and to times', async (t) => {
  const log = [1, 2, 3].map((second) => `${at(second)} stdout F ${second}\n`).join('');
  const second = (value: number): bigint => BigInt(Date.parse(at(value))) * 1_000_000n;
  assert.deepEqual(await logged(t, log, { tail: 2 }), ['stdout 2', 'stdout 3']);
  assert.deepEqual(await logged(t, log, { tail: 0 }), []);
  assert.deepEqual(await logged(t, log, { tail: -1 }), ['stdout 1', 'stdout 2', 'stdout 3']);
  assert.deepEqual(await logged(t, log, { since: second(2) }), ['stdout 2', 'stdout 3']);
  assert.deepEqual(await logged(t, log, { until: second(2) }), ['stdout 1', 'stdout 2']);
  assert.deepEqual(await logged(t, log, { follow: true, tail: 1 }), ['stdout 3']);
});

test('readLogs() says that a container without a log has none', async (t) => {
  const { ctx } = makeSandbox(t);
  const argv = ['--log-driver', 'none', 'busybox', 'true'];
  const record = storeContainer(ctx, { id: ID, name: 'web', argv });
  const message =
    "this container is using the 'none' log driver, cannot read logs: this container is not logging output";
  await assert.rejects(
    async () => {
      for await (const line of readLogs(ctx, record, { follow: false })) assert.fail(line.time);
    },
    { message },
  );
});

test('expandLogTag() is a template over what inspect tells', (t) => {
  const { ctx } = makeSandbox(t);
  const record = storeContainer(ctx, { id: ID, name: 'web', argv: ['--label', 'a=b', 'busybox', 'true'] });
  const tag = (text: string): string => expandLogTag(ctx, record, text);
  assert.equal(tag('{{.Name}}/{{.ImageName}}/{{.Config.Labels.a}}'), 'web/localhost/busybox:latest/b');
  assert.equal(tag('{{.ID}}'), ID);
  assert.throws(() => tag('{{.Nope}}'), { code: 'usage', message: /^--log-opt tag=\{\{\.Nope\}\}: .*Nope/ });
});
