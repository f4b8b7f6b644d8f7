import assert from 'node:assert/strict';
import test from 'node:test';
import { loadRecord } from '../../../src/container/find';
import { changeHealth } from '../../../src/container/options/change-health';
import { updateContainer, type ContainerChanges } from '../../../src/container/update';
import { addCgroupUpdate } from '../../../src/runtime/cgroup-update';
import { Plan } from '../../../src/runtime/plan';
import { makeSandbox } from './sandbox';
import { idFrom, storeContainer } from './stored-container';

const NOTHING: ContainerChanges = { limits: {}, env: {}, unsetEnv: [] };
const id = idFrom('ab');

test('updateContainer() changes what is named, and takes limits away', async (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, {
    ...{ id, name: 'web', argv: ['-m', '64m', '--cpus', '2', '-e', 'A=1', '-e', 'B=2', 'busybox', 'true'] },
    changes: { process: { argv: ['true'], env: ['PATH=/bin', 'A=1', 'B=2'], cwd: '/', user: '' } },
  });
  await updateContainer(ctx, id, {
    limits: { memory: 0, pids: -1, cpuShares: 512 },
    restart: { policy: 'on-failure', maximum: 3 },
    env: { A: '3', C: '4' },
    unsetEnv: ['B'],
  });
  const { options, process } = loadRecord(ctx, id);
  assert.deepEqual(options.limits, { cpuQuota: 200_000, cpuPeriod: 100_000, cpuShares: 512, pids: -1 });
  assert.deepEqual(options.restart, { policy: 'on-failure', maximum: 3 });
  assert.deepEqual(options.env, { A: '3', C: '4' });
  assert.deepEqual(process.env, ['PATH=/bin', 'A=3', 'C=4']);
});

const refused: [string, string[], Partial<ContainerChanges>, RegExp][] = [
  ['swap below memory', ['-m', '64m'], { limits: { memorySwap: 1 } }, /memory-swap limit should be larger/],
  [
    'memory above the swap of before',
    ['-m', '64m', '--memory-swap', '80m'],
    { limits: { memory: 2 ** 30 } },
    /larger/,
  ],
  ['swap without memory', [], { limits: { memorySwap: 2 ** 30 } }, /--memory-swap needs --memory/],
  [
    'a restart with --rm',
    ['--rm'],
    { restart: { policy: 'always', maximum: 0 } },
    /--rm cannot have a restart/,
  ],
  [
    'limits with --cgroups=disabled',
    ['--cgroups', 'disabled'],
    { limits: { pids: 5 } },
    /cannot have limits/,
  ],
];
for (const [name, argv, changes, message] of refused) {
  test(`updateContainer() refuses ${name}, and changes nothing`, async (t) => {
    const { ctx } = makeSandbox(t);
    const before = storeContainer(ctx, { id, name: 'web', argv: [...argv, 'busybox', 'true'] });
    await assert.rejects(updateContainer(ctx, id, { ...NOTHING, ...changes }), message);
    assert.deepEqual(loadRecord(ctx, id), JSON.parse(JSON.stringify(before)));
  });
}

test('addCgroupUpdate() names what the controllers are missing for', (t) => {
  const { ctx } = makeSandbox(t);
  const request = { id, resources: { memory: { limit: 5 } }, isPidsDefault: true, before: {} };
  const add = (directory: string | undefined) => () =>
    addCgroupUpdate(new Plan(), ctx, { ...request, directory });
  assert.throws(
    add(undefined),
    /--memory cannot be applied: the container was started without a control group/,
  );
  assert.throws(add('/nonexistent/group'), /the memory controller is not delegated to you/);
});

test('changeHealth() keeps what was not typed', () => {
  const before = {
    health: { test: ['CMD', 'true'], interval: 5e9, retries: 2 },
    healthPolicy: { maxLogCount: 7 },
  };
  assert.deepEqual(changeHealth(before, { cmd: 'echo hi' }).health, {
    ...{ test: ['CMD-SHELL', 'echo hi'], interval: 5e9, retries: 2, timeout: 30e9 },
  });
  assert.deepEqual(changeHealth(before, { interval: '10s', onFailure: 'kill' }), {
    health: { test: ['CMD', 'true'], interval: 10e9, retries: 2, timeout: 30e9 },
    healthPolicy: { maxLogCount: 7, onFailure: 'kill' },
  });
  const startup = changeHealth(before, { startupCmd: 'echo s', startupRetries: 4 });
  const later = changeHealth(startup, { startupInterval: '3s' }).startupHealth;
  assert.deepEqual(later, {
    ...{ test: ['CMD-SHELL', 'echo s'], interval: 3e9, timeout: 30e9, retries: 4, successes: 0 },
  });
  assert.deepEqual(changeHealth(startup, { none: true }), {
    health: { test: ['NONE'] },
    healthPolicy: { maxLogCount: 7 },
  });
});

test('changeHealth() refuses times without a command, and --no-healthcheck with others', () => {
  assert.throws(() => changeHealth({}, { interval: '10s' }), /^TspodError: healthcheck command is not set/);
  assert.throws(() => changeHealth({}, { startupRetries: 3 }), /startup healthcheck command is not set/);
  assert.throws(
    () => changeHealth({}, { none: true, interval: '10s' }),
    /--no-healthcheck and other HealthCheck flags/,
  );
});
