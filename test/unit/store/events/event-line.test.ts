import assert from 'node:assert/strict';
import test from 'node:test';
import type { EngineEvent } from '../../../../src/lib/engine-event';
import { eventLine } from '../../../../src/store/events/event-line';
import { journalEntry } from '../../../../src/store/events/journal-entry';
import { eventParser, parseJournalEvent } from '../../../../src/store/events/parse-event';

const died: EngineEvent = {
  type: 'container',
  status: 'died',
  ns: 1_795_245_905_144_508_080n,
  id: 'abc',
  image: 'localhost/x:latest',
  name: 'web',
  exitCode: 137,
  podId: 'pod1',
  healthStatus: 'healthy',
  attributes: { b: '2 <&>', a: '1' },
};
const pull: EngineEvent = {
  type: 'image',
  status: 'pull-error',
  ns: 5n,
  name: 'x',
  error: 'no "x"\nthere',
  attributes: null,
};

const checked: EngineEvent = {
  type: 'container',
  status: 'health_status',
  ns: 7n,
  id: 'abc',
  healthStatus: 'unhealthy',
  healthLog: '{"ExitCode":1,"Output":"a\\n"}',
  healthStreak: 2,
  attributes: {},
};

test('eventLine() writes what Podman writes: its order of keys, sorted attributes, escapes of HTML', () => {
  assert.equal(
    eventLine(died),
    '{"ContainerExitCode":137,"ID":"abc","Image":"localhost/x:latest","Name":"web","Status":"died",' +
      '"Time":"2026-11-21T07:25:05.14450808Z","Type":"container","health_status":"healthy","PodID":"pod1",' +
      '"Attributes":{"a":"1","b":"2 \\u003c\\u0026\\u003e"}}\n',
  );
  assert.equal(
    eventLine(pull),
    '{"Name":"x","Status":"pull-error","Time":"1970-01-01T00:00:00.000000005Z","Type":"image","error":"no \\"x\\"\\nthere","Attributes":null}\n',
  );
});

test('eventParser() reads what eventLine() writes', () => {
  for (const event of [died, pull, checked]) assert.deepEqual(eventParser()(eventLine(event)), event);
});

for (const line of [
  '',
  '{',
  '{"Name":"x","Status":"pu',
  'null',
  '[]',
  '"x"',
  '{"Status":"died"}',
  '{"Time":"2026-11-21T07:25:05Z"}',
  '{"Status":"died","Time":"yesterday"}',
])
  test(`eventParser() passes over ${JSON.stringify(line)}`, () => {
    assert.equal(eventParser()(line), undefined);
  });

test('journalEntry() has a line for each field, whatever is in a name', () => {
  const lines = journalEntry({ ...died, name: 'a\nPRIORITY=0' }).split('\n');
  assert.ok(lines.includes('PODMAN_NAME=a PRIORITY=0') && lines.includes('PODMAN_EXIT_CODE=137'));
  assert.equal(lines.filter((line) => line.startsWith('PRIORITY=')).length, 1);
  assert.equal(lines.at(-1), '');
});

test('parseJournalEvent() reads the fields of journalEntry()', () => {
  for (const event of [died, checked]) {
    const fields = journalEntry(event)
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
    assert.deepEqual(parseJournalEvent(JSON.stringify(Object.fromEntries(fields))), event);
  }
  assert.equal(parseJournalEvent('{"MESSAGE":"x"}'), undefined);
});

test('parseJournalEvent() passes over labels that make no sense', () => {
  const fields = { PODMAN_TIME: '2026-11-21T07:25:05Z', PODMAN_EVENT: 'died', PODMAN_TYPE: 'container' };
  for (const labels of ['{', 'null', '5'])
    assert.deepEqual(parseJournalEvent(JSON.stringify({ ...fields, PODMAN_LABELS: labels }))?.attributes, {});
});
