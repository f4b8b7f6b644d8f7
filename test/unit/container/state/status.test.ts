import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { lookUpContainer } from '../../../../src/container/find';
import { healContainer } from '../../../../src/container/state/heal';
import { containerPaths } from '../../../../src/container/paths';
import { isProcess, parseStartTime, processStartTime } from '../../../../src/container/state/process-time';
import { currentBootId, readState } from '../../../../src/container/state/status';
import { formatStatusFile, parseStatusFile } from '../../../../src/container/state/status-file';
import { makeSandbox } from '../sandbox';
import { idFrom, statusText, storeContainer } from '../stored-container';

const ID = idFrom('abc1');
const OTHER_BOOT = '00000000-0000-0000-0000-000000000000';
const own = { pid: process.pid, starttime: processStartTime(process.pid) ?? 0 };

test('parseStartTime() copes with blanks and parentheses in the name of the program', () => {
  const fields = Array.from({ length: 30 }, (_, index) => String(index + 4)).join(' ');
  assert.equal(parseStartTime(`12 (a ) (b c) S ${fields}`), 22);
  assert.equal(parseStartTime(`12 (gone) Z ${fields}`), undefined);
  assert.equal(parseStartTime(undefined), undefined);
});

test('isProcess() knows a process by its pid and the time of its start', () => {
  assert.equal(isProcess(own.pid, own.starttime), true);
  assert.equal(isProcess(own.pid, own.starttime + 1), false);
  assert.equal(isProcess(0, 0), false);
});

test('parseStatusFile() reads what formatStatusFile() writes, and rejects a file that was cut off', () => {
  const text = statusText({ phase: 'exited', code: -1, started: '1700000000000000001', error: 'a=b' });
  const status = parseStatusFile(text);
  assert.ok(status);
  assert.deepEqual(parseStatusFile(formatStatusFile(status)), status);
  assert.equal(status.started, 1_700_000_000_000_000_001n);
  assert.equal(status.error, 'a=b');
  for (const broken of ['', 'version=1\n', 'version=2\nphase=exited\n', 'version=1\nphase=odd\n'])
    assert.equal(parseStatusFile(broken), undefined);
});

test('readState() says created without a status file, and exited with one that says so', (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: ID, name: 'web' });
  assert.equal(readState(ctx, ID).phase, 'created');
  const other = idFrom('abc2');
  storeContainer(ctx, { id: other, name: 'db', status: { phase: 'exited', code: 3, finished: '5', oom: 1 } });
  const { phase, exitCode, finishedNs, oomKilled } = readState(ctx, other);
  assert.deepEqual(
    { phase, exitCode, finishedNs, oomKilled },
    { phase: 'exited', exitCode: 3, finishedNs: 5n, oomKilled: true },
  );
});

for (const phase of ['running', 'initialized']) {
  test(`readState() says ${phase} as long as the monitor lives in this boot`, (t) => {
    const { ctx } = makeSandbox(t);
    const monitor = { monitor_pid: own.pid, monitor_starttime: own.starttime };
    storeContainer(ctx, {
      id: ID,
      name: 'web',
      status: { phase, ...own, ...monitor, boot_id: currentBootId() },
    });
    assert.equal(readState(ctx, ID).phase, phase);
    assert.equal(readState(ctx, ID).pid, own.pid);
  });
}

test('healContainer() keeps the exit status that the monitor wrote after one has looked', (t) => {
  const { ctx } = makeSandbox(t);
  const { status } = containerPaths(ctx, ID);
  const monitor = { monitor_pid: own.pid, monitor_starttime: 1, boot_id: currentBootId() };
  const found = parseStatusFile(statusText({ phase: 'running', ...monitor }));
  assert.ok(found);
  storeContainer(ctx, { id: ID, name: 'web', status: { phase: 'exited', code: 137, ...monitor } });
  const written = readFileSync(status, 'utf8');
  assert.equal(healContainer(ctx, ID, found).status.code, 137);
  assert.equal(readFileSync(status, 'utf8'), written);
});

const losses = [
  {
    name: 'whose monitor was killed',
    changes: { boot_id: currentBootId(), monitor_pid: own.pid, monitor_starttime: 1 },
    error: 'exited, status unknown: monitor was killed',
  },
  {
    name: 'that ran before the machine was restarted',
    changes: { boot_id: OTHER_BOOT, monitor_pid: own.pid, monitor_starttime: own.starttime },
    error: 'exited, status unknown: the machine was restarted',
  },
];
for (const { name, changes, error } of losses) {
  test(`readState() puts a container in order ${name}`, (t) => {
    const { ctx } = makeSandbox(t);
    const paths = containerPaths(ctx, ID);
    storeContainer(ctx, { id: ID, name: 'web', status: { phase: 'running', started: 7, ...changes } });
    mkdirSync(paths.runDirectory, { recursive: true });
    const state = readState(ctx, ID);
    assert.equal(state.phase, 'exited');
    assert.equal(state.exitCode, -1);
    assert.equal(state.error, error);
    assert.equal(state.startedNs, 7n);
    assert.equal(existsSync(paths.runDirectory), false);
    assert.match(readFileSync(paths.status, 'utf8'), /^phase=exited$/m);
    assert.equal(readState(ctx, ID).finishedNs, state.finishedNs);
  });
}

test('readState() kills what is left of a container without a monitor', async (t) => {
  const { ctx } = makeSandbox(t);
  const child = spawn('sleep', ['1000']);
  const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  const pid = child.pid ?? 0;
  const starttime = processStartTime(pid) ?? 0;
  storeContainer(ctx, {
    id: ID,
    name: 'web',
    status: { phase: 'running', pid, starttime, boot_id: currentBootId() },
  });
  assert.equal(readState(ctx, ID).phase, 'exited');
  assert.equal(await ended, 'SIGKILL');
});

test('readState() removes a container with --rm that lost its monitor', (t) => {
  const { ctx } = makeSandbox(t);
  const argv = ['--rm', 'busybox', 'true'];
  storeContainer(ctx, { id: ID, name: 'web', argv, status: { phase: 'running', boot_id: OTHER_BOOT } });
  assert.equal(readState(ctx, ID).removed, true);
  assert.equal(lookUpContainer(ctx, 'web'), undefined);
});
