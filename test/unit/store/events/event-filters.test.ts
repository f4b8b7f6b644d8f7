import assert from 'node:assert/strict';
import test from 'node:test';
import type { EngineEvent } from '../../../../src/lib/engine-event';
import { parseEventFilters } from '../../../../src/store/events/event-filters';

const base = { ns: 0n, attributes: null } as const;
const events: Record<string, EngineEvent> = {
  create: {
    ...base,
    type: 'container',
    status: 'create',
    id: 'c0ffee',
    name: 'web',
    attributes: { team: 'a', bare: '' },
  },
  died: { ...base, type: 'container', status: 'died', id: 'c0ffee', name: 'web', podId: 'bead' },
  pull: { ...base, type: 'image', status: 'pull', id: 'feed', name: 'web' },
  volume: { ...base, type: 'volume', status: 'create', name: 'web' },
};

const cases: [string[], string][] = [
  [[], 'create died pull volume'],
  [['container=web'], 'create died'],
  [['container=c0f'], 'create died'],
  [['container=we'], ''],
  [['image=web'], 'pull'],
  [['image=fee'], 'pull'],
  [['volume=web'], 'volume'],
  [['event=die'], 'died'],
  [['EVENT=create'], 'create volume'],
  [['event=create', 'event=pull'], 'create pull volume'],
  [['event=create', 'type=container'], 'create'],
  [['type=image', 'type=volume', 'event=create'], 'volume'],
  [['label=team=a'], 'create'],
  [['label=team'], ''],
  [['label=bare'], 'create'],
  [['label=toString'], ''],
  [['pod=bea'], 'died'],
  [['container='], ''],
];

for (const [filters, expected] of cases)
  test(`parseEventFilters(${JSON.stringify(filters)}) lets through: ${expected}`, () => {
    const isWanted = parseEventFilters(filters);
    const names = Object.keys(events).filter((name) => isWanted(events[name] as EngineEvent));
    assert.equal(names.join(' '), expected);
  });

for (const text of ['foo=bar', 'foo', '', '=x', 'constructor=x', 'event'])
  test(`parseEventFilters() rejects ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseEventFilters([text]), /failed to parse event filters: .* is an invalid filter/);
  });
