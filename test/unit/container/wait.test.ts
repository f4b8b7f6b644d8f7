import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { openExitNote, writeExitNote } from '../../../src/container/state/exit-note';
import { containerPaths } from '../../../src/container/paths';
import { processStartTime } from '../../../src/container/state/process-time';
import { currentBootId } from '../../../src/container/state/status';
import { parseConditions, waitForContainer } from '../../../src/container/wait';
import { makeSandbox } from './sandbox';
import { idFrom, statusText, storeContainer, type StoredContainer } from './stored-container';

const ID = idFrom('abc');
const start = processStartTime(process.pid) ?? 0;
const RUNNING: StoredContainer = {
  id: ID,
  name: 'web',
  argv: ['--rm', 'busybox', 'true'],
  status: { phase: 'running', monitor_pid: process.pid, monitor_starttime: start, boot_id: currentBootId() },
};

test('openExitNote() can still be read when the container and its lock file are gone', (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: ID, name: 'web' });
  const note = openExitNote(ctx, ID);
  assert.equal(note?.read(), undefined);
  writeExitNote(ctx, ID, -1);
  writeExitNote(ctx, ID, 137);
  const { directory, lock } = containerPaths(ctx, ID);
  for (const path of [directory, lock]) rmSync(path, { recursive: true });
  assert.equal(note?.read(), 137);
  note?.close();
});

test('openExitNote() leaves nothing behind where there is no container', (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: idFrom('def'), name: 'other' });
  assert.equal(openExitNote(ctx, ID), undefined);
  assert.equal(existsSync(containerPaths(ctx, ID).lock), false);
});

test('waitForContainer() resolves with the status of a container that goes before anybody looks', async (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, RUNNING);
  const waiting = waitForContainer(ctx, ID);
  writeExitNote(ctx, ID, 6);
  rmSync(containerPaths(ctx, ID).directory, { recursive: true });
  rmSync(containerPaths(ctx, ID).lock);
  assert.equal(await waiting, 6);
  await assert.rejects(waitForContainer(ctx, ID), { code: 'not-found' });
});

test('waitForContainer() waits until a container with --rm is gone', async (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, RUNNING);
  let isOver = false;
  const waiting = waitForContainer(ctx, ID).finally(() => (isOver = true));
  writeFileSync(containerPaths(ctx, ID).status, statusText({ code: 6 }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(isOver, false);
  rmSync(containerPaths(ctx, ID).directory, { recursive: true });
  assert.equal(await waiting, 6);
});

test('waitForContainer() does not wait for the end of what never ran', async (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: ID, name: 'web' });
  assert.equal(await waitForContainer(ctx, ID), 0);
  assert.equal(await waitForContainer(ctx, ID, { phases: ['exited'] }), 0);
  assert.equal(await waitForContainer(ctx, ID, { phases: ['created'] }), -1);
});

test('waitForContainer() resolves with -1 once the container is as healthy as was asked for', async (t) => {
  const { ctx } = makeSandbox(t);
  const { options } = storeContainer(ctx, { id: idFrom('def'), name: 'model' });
  const changes = { options: { ...options, health: { test: ['CMD', 'true'] } } };
  storeContainer(ctx, { ...RUNNING, argv: ['busybox', 'true'], changes });
  let isOver = false;
  const waiting = waitForContainer(ctx, ID, parseConditions(['unhealthy'])).finally(() => (isOver = true));
  const write = (health: string): void =>
    writeFileSync(containerPaths(ctx, ID).status, statusText({ ...RUNNING.status, health }));
  write('healthy');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(isOver, false);
  write('unhealthy');
  assert.equal(await waiting, -1);
});

test('waitForContainer() does not wait for the health of a container without a check', async (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, RUNNING);
  await assert.rejects(waitForContainer(ctx, ID, { phases: [], health: ['healthy'] }), {
    message: `container ${ID} has no defined healthcheck`,
  });
});

test('parseConditions() tells states of health from others, and refuses words that are neither', () => {
  const expected = { phases: ['running', 'exited'], health: ['healthy'] };
  assert.deepEqual(parseConditions(['running', 'healthy', 'stopped']), expected);
  assert.throws(() => parseConditions(['ill']), {
    message: 'unknown container state: ill: invalid argument',
  });
});
