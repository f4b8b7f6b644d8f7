import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { findContainerId, idOfName, latestContainer, loadRecord } from '../../../src/container/find';
import { listContainers } from '../../../src/container/list/list';
import { containerPaths } from '../../../src/container/paths';
import { makeSandbox } from './sandbox';
import { idFrom, storeContainer } from './stored-container';

const [A, B] = [idFrom('abc1'), idFrom('abc2')];

test('findContainerId() takes a name, an id and a unique beginning of one', (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'web' });
  storeContainer(ctx, { id: B, name: 'db' });
  for (const text of ['web', A, 'abc1']) assert.equal(findContainerId(ctx, text), A);
});

test('findContainerId() prefers a name to the beginning of an id', (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'web' });
  storeContainer(ctx, { id: B, name: 'abc1' });
  assert.equal(findContainerId(ctx, 'abc1'), B);
});

test('findContainerId() rejects what is missing, ambiguous or no name', (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'web' });
  storeContainer(ctx, { id: B, name: 'db' });
  const message = 'no container with name or ID "nope" found: no such container';
  assert.throws(() => findContainerId(ctx, 'nope'), { code: 'not-found', message });
  assert.throws(() => findContainerId(ctx, 'abc'), { code: 'usage', message: /more than one result/ });
  for (const text of ['', '../names', 'a/b', '.'])
    assert.throws(() => findContainerId(ctx, text), { code: 'not-found' });
});

test('idOfName() takes the name of a container that is gone for free', (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'web' });
  rmSync(containerPaths(ctx, A).directory, { recursive: true });
  assert.equal(idOfName(ctx, 'web'), undefined);
});

test('loadRecord() tells a broken record from a missing container, and how to remove it', (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'web' });
  for (const text of ['{"version":1,', 'null', '[]', '{}', JSON.stringify({ id: A, name: 'web' })]) {
    writeFileSync(containerPaths(ctx, A).record, text);
    assert.throws(() => loadRecord(ctx, A), { code: 'invalid', hint: /tspod rm --force abc1/ }, text);
  }
  assert.throws(() => loadRecord(ctx, B), { code: 'not-found' });
});

test('listContainers() goes by time of creation, and tells once of a broken record', (t) => {
  const { ctx, messages } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'younger', created: '2026-01-02T00:00:00Z' });
  storeContainer(ctx, { id: B, name: 'older', created: '2026-01-01T00:00:00Z' });
  mkdirSync(containerPaths(ctx, idFrom('dead')).directory);
  assert.deepEqual(
    listContainers(ctx).map(({ record }) => record.name),
    ['older', 'younger'],
  );
  assert.equal(messages.length, 1);
  assert.match(messages[0] ?? '', /container dead00000000 is broken.*tspod rm/);
  assert.equal(latestContainer(ctx).name, 'younger');
});

test('listContainers() of an empty store is empty, and there is no latest', (t) => {
  const { ctx } = makeSandbox(t);
  assert.deepEqual(listContainers(ctx), []);
  assert.throws(() => latestContainer(ctx), { code: 'not-found' });
});
