import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { Context } from '../../../../src/lib/context';
import type { EngineEvent } from '../../../../src/lib/engine-event';
import { appendEvents } from '../../../../src/store/events/append-events';
import { eventLine } from '../../../../src/store/events/event-line';
import { readEvents } from '../../../../src/store/events/read-events';
import { recordEvent, takeEvents } from '../../../../src/store/events/record-event';

const event = (name: string, ns = 1n): EngineEvent => ({
  type: 'volume',
  status: 'create',
  ns,
  name,
  attributes: null,
});

/** A context whose events are in a folder of the test; what is logged comes to `told`. */
function contextOf(
  t: { after(work: () => void): void },
  events: object = {},
): { ctx: Context; file: string; told: string[] } {
  const root = mkdtempSync(join(tmpdir(), 'events-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const told: string[] = [];
  const log = (_level: string, message: string): void => void told.push(message);
  const ctx = { paths: { root }, pendingEvents: [], defaults: { events }, log } as unknown as Context;
  return { ctx, file: join(root, 'events.jsonl'), told };
}

async function names(ctx: Context, query: object = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const events of readEvents(ctx, { stream: false, filter: () => true, ...query }))
    found.push(...events.map(({ name = '' }) => name));
  return found;
}

test('appendEvents() makes the file, and adds to it', async (t) => {
  const { ctx, file } = contextOf(t);
  await appendEvents(ctx, [event('a'), event('b')]);
  await appendEvents(ctx, [event('c')]);
  assert.equal(readFileSync(file, 'utf8'), ['a', 'b', 'c'].map((name) => eventLine(event(name))).join(''));
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('a line that was cut off spoils neither the next one nor the reading', async (t) => {
  const { ctx, file } = contextOf(t);
  await appendEvents(ctx, [event('a')]);
  appendFileSync(file, '{"Name":"torn","Sta');
  assert.deepEqual(await names(ctx), ['a']);
  await appendEvents(ctx, [event('b')]);
  assert.deepEqual(await names(ctx), ['a', 'b']);
});

test('appendEvents() renames a file that is full, and both are read', async (t) => {
  const size = eventLine(event('a')).length;
  const { ctx, file } = contextOf(t, { maxSize: 2 * size });
  for (const name of 'abcde') await appendEvents(ctx, [event(name)]);
  assert.equal(readFileSync(`${file}.1`, 'utf8').length, 2 * size);
  assert.deepEqual(await names(ctx), ['c', 'd', 'e']);
  assert.ok(!existsSync(`${file}.2`));
});

test('without a limit no file is renamed', async (t) => {
  const { ctx, file } = contextOf(t, { maxSize: 0 });
  for (const name of 'abc') await appendEvents(ctx, [event(name)]);
  assert.ok(!existsSync(`${file}.1`));
});

test('readEvents() keeps to --since and --until', async (t) => {
  const { ctx } = contextOf(t);
  await appendEvents(ctx, [event('a', 10n), event('b', 20n), event('c', 30n)]);
  assert.deepEqual(await names(ctx, { since: 20n }), ['b', 'c']);
  assert.deepEqual(await names(ctx, { until: 20n, stream: true }), ['a', 'b']);
  assert.deepEqual(await names(ctx, { since: 11n, until: 29n }), ['b']);
});

test('readEvents() follows the file over a rotation, until its time is over', async (t) => {
  // the file is full with two of the four
  const { ctx } = contextOf(t, { maxSize: 2 * eventLine(event('old')).length });
  await appendEvents(ctx, [event('old')]);
  const now = BigInt(Date.now()) * 1_000_000n;
  const reading = names(ctx, { stream: true, since: now, until: now + 3_000_000_000n });
  for (const name of 'abc') await appendEvents(ctx, [event(name, now + 1n)]);
  assert.deepEqual(await reading, ['a', 'b', 'c']);
});

test('with the logger none nothing is kept, and reading says so', async (t) => {
  const { ctx, file } = contextOf(t, { logger: 'none' });
  await appendEvents(ctx, [event('a')]);
  assert.ok(!existsSync(file));
  await assert.rejects(names(ctx), /cannot read events with the "none" backend/);
});

test('what cannot be written is told, and is no error', async (t) => {
  const { ctx, told } = contextOf(t, { path: '/proc/nowhere/events' });
  await appendEvents(ctx, [event('a')]);
  assert.match(told.join(), /writing events to "\/proc\/nowhere\/events"/);
});

test('of a store that cannot be made events say nothing', async (t) => {
  const { ctx, told } = contextOf(t, { path: '/dev/null/nowhere/events' });
  await appendEvents({ ...ctx, paths: { ...ctx.paths, root: '/dev/null/nowhere' } }, [event('a')]);
  assert.deepEqual(told, []);
});

test('takeEvents() gives what recordEvent() has noted, once', (t) => {
  const { ctx } = contextOf(t);
  recordEvent(ctx, { type: 'volume', status: 'create', name: 'a' });
  assert.deepEqual(
    takeEvents(ctx).map(({ name, attributes }) => [name, attributes]),
    [['a', null]],
  );
  assert.deepEqual(takeEvents(ctx), []);
});
