import assert from 'node:assert/strict';
import test from 'node:test';
import { parseContainerFilters, PRUNE_FILTERS } from '../../../../src/container/list/filters';
import { listContainers } from '../../../../src/container/list/list';
import { makeSandbox } from '../sandbox';
import { idFrom, storeContainer } from '../stored-container';

function fill(ctx: Parameters<typeof storeContainer>[0]): void {
  const web = [
    '--label',
    'app=web',
    '--label',
    'tier',
    '-v',
    'data:/srv',
    '--restart',
    'always',
    'busybox',
    'httpd',
    '-f',
  ];
  storeContainer(ctx, { id: idFrom('a1'), name: 'web', created: '2026-01-01T00:00:00Z', argv: web });
  storeContainer(ctx, {
    ...{ id: idFrom('b2'), name: 'db', created: '2026-01-02T00:00:00Z' },
    argv: ['--label', 'app=db', '--network', 'none', 'busybox', 'true'],
    status: { phase: 'exited', code: 3 },
  });
  storeContainer(ctx, {
    ...{ id: idFrom('c3'), name: 'web2', created: '2026-01-03T00:00:00Z' },
    changes: { imageName: 'docker.io/library/alpine:3', imageId: 'e'.repeat(64) },
  });
}

const cases: [string[], string[]][] = [
  [[], ['web', 'db', 'web2']],
  [['name=web'], ['web', 'web2']],
  [['name=^web$'], ['web']],
  [
    ['name=db', 'name=web2'],
    ['db', 'web2'],
  ],
  [['id=a1'], ['web']],
  [['label=app'], ['web', 'db']],
  [['label=app=web'], ['web']],
  [['label=app', 'label=tier'], ['web']],
  [['label!=app'], ['web2']],
  [['status=created'], ['web', 'web2']],
  [['status=exited', 'status=running'], ['db']],
  [['exited=3'], ['db']],
  [['exited=0'], []],
  [['ancestor=busybox'], ['web', 'db']],
  [['ancestor=localhost/busybox:latest'], ['web', 'db']],
  [['ancestor=alpine'], []],
  [['ancestor=alpine:3'], ['web2']],
  [['ancestor=eeeeeeeeeeee'], ['web2']],
  [['before=db'], ['web']],
  [['since=db'], ['web2']],
  [['until=2026-01-02T12:00:00Z'], ['web', 'db']],
  [['volume=data'], ['web']],
  [['volume=/srv'], ['web']],
  [['volume=data:/srv'], ['web']],
  [['volume=data:/other'], []],
  [['network=none'], ['db']],
  [['restart-policy=always'], ['web']],
  [['command=httpd'], ['web']],
  [['name=web', 'status=exited'], []],
];
for (const [texts, names] of cases) {
  test(`the filters ${JSON.stringify(texts)} mean ${names.join(' and ') || 'nothing'}`, (t) => {
    const { ctx } = makeSandbox(t);
    fill(ctx);
    const found = listContainers(ctx).filter(parseContainerFilters(ctx, texts));
    assert.deepEqual(
      found.map(({ record }) => record.name),
      names,
    );
  });
}

const refused: [string, RegExp][] = [
  ['nope=1', /^nope is an invalid filter$/],
  ['foo', /^invalid filter "foo"$/],
  ['status=foo', /^unknown container state: foo: invalid argument$/],
  ['exited=x', /invalid exit code "x"/],
  ['until=zz', /^failed to parse value as time or duration: "zz"$/],
  ['since=nope', /no container with name or ID "nope" found/],
  ['name=(', /invalid regular expression/],
];
for (const [text, message] of refused) {
  test(`the filter ${text} is refused`, (t) => {
    assert.throws(() => parseContainerFilters(makeSandbox(t).ctx, [text]), { message });
  });
}

test('prune takes labels and times only', (t) => {
  const { ctx } = makeSandbox(t);
  assert.throws(() => parseContainerFilters(ctx, ['name=a'], PRUNE_FILTERS), {
    message: 'name is an invalid filter',
  });
  parseContainerFilters(ctx, ['label!=a', 'until=1h'], PRUNE_FILTERS);
});

test('the filter health tells containers by their state of health, and none are those without a check', (t) => {
  const { ctx } = makeSandbox(t);
  fill(ctx);
  const { options } = storeContainer(ctx, { id: idFrom('d4'), name: 'created' });
  const changes = { options: { ...options, health: { test: ['CMD', 'true'] } } };
  const status = { phase: 'exited', code: 9, health: 'unhealthy' };
  storeContainer(ctx, { id: idFrom('e5'), name: 'ended', changes, status });
  const named = (value: string): string[] =>
    listContainers(ctx)
      .filter(parseContainerFilters(ctx, [`health=${value}`]))
      .map(({ record }) => record.name);
  assert.deepEqual(named('unhealthy'), ['ended']);
  assert.deepEqual(named('healthy'), []);
  assert.deepEqual(named('none').sort(), ['created', 'db', 'web', 'web2']);
});
