import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { renameContainer } from '../../../src/container/rename';
import { containerPaths } from '../../../src/container/paths';
import { processStartTime } from '../../../src/container/state/process-time';
import { removeContainers } from '../../../src/container/remove';
import { selectContainers } from '../../../src/container/select';
import { currentBootId } from '../../../src/container/state/status';
import { findContainer, lookUpContainer } from '../../../src/container/find';
import { makeSandbox } from './sandbox';
import { idFrom, storeContainer } from './stored-container';

const [A, B] = [idFrom('abc1'), idFrom('abc2')];
const alive = {
  phase: 'running',
  monitor_pid: process.pid,
  monitor_starttime: processStartTime(process.pid) ?? 0,
  boot_id: currentBootId(),
};

test('removeContainers() leaves nothing of a container but others', async (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'web' });
  storeContainer(ctx, { id: B, name: 'db' });
  const { directory, work, lock } = containerPaths(ctx, A);
  mkdirSync(`${work}/work`, { recursive: true });
  chmodSync(`${work}/work`, 0);
  mkdirSync(`${directory}/upper/a/b`, { recursive: true });
  writeFileSync(`${directory}/upper/a/b/file`, '');
  assert.deepEqual(await removeContainers(ctx, [A]), { removed: [A], failures: [] });
  assert.equal(existsSync(directory) || existsSync(lock), false);
  assert.deepEqual(readdirSync(`${ctx.paths.root}/names`), ['db']);
  assert.deepEqual(readdirSync(`${ctx.paths.root}/tmp`), []);
});

test('removeContainers() refuses one that runs with status 2, and removes the others', async (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'web', status: alive });
  storeContainer(ctx, { id: B, name: 'db' });
  const { removed, failures } = await removeContainers(ctx, [A, B]);
  assert.deepEqual(removed, [B]);
  const [failure] = failures as { message: string; exitCode: number }[];
  assert.match(
    failure?.message ?? '',
    /as it is running - running or paused containers cannot be removed without force/,
  );
  assert.equal(failure?.exitCode, 2);
});

test('removeContainers() refuses one whose namespaces another uses, unless that goes too', async (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'web' });
  const joined = { kind: 'container', target: A } as const;
  const record = storeContainer(ctx, { id: B, name: 'side' });
  writeFileSync(
    containerPaths(ctx, B).record,
    JSON.stringify({ ...record, options: { ...record.options, network: joined } }),
  );
  const refused = await removeContainers(ctx, [A]);
  assert.match(String(refused.failures[0]), new RegExp(`has dependent containers .*${B}`));
  assert.deepEqual((await removeContainers(ctx, [A], { depend: true })).removed, [A, B]);
});

test('removeContainers() removes a container whose record is broken, name and all', async (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'web' });
  writeFileSync(containerPaths(ctx, A).record, '');
  assert.deepEqual((await removeContainers(ctx, [A])).removed, [A]);
  assert.deepEqual(readdirSync(`${ctx.paths.root}/names`), []);
});

test('removeContainers() twice at once is no error', async (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'web' });
  const results = await Promise.all([removeContainers(ctx, [A]), removeContainers(ctx, [A])]);
  for (const { failures } of results) assert.deepEqual(failures, []);
});

test('renameContainer() moves the name, and refuses one in use or malformed', async (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'web' });
  storeContainer(ctx, { id: B, name: 'db' });
  await renameContainer(ctx, A, 'www');
  assert.equal(findContainer(ctx, 'www').name, 'www');
  assert.equal(lookUpContainer(ctx, 'web'), undefined);
  const taken = { code: 'exists', message: /"db" is already in use/ };
  await assert.rejects(renameContainer(ctx, A, 'db'), taken);
  await assert.rejects(renameContainer(ctx, A, 'a b'), { code: 'usage' });
  await renameContainer(ctx, A, 'www');
});

const contradictions: [Parameters<typeof selectContainers>[1], string][] = [
  [{ names: [] }, 'you must provide at least one name or id'],
  [{ names: ['web'], all: true }, 'no arguments are needed with --all'],
  [{ names: ['web'], latest: true }, '--latest and containers cannot be used together'],
  [{ names: [], all: true, latest: true }, '--all and --latest cannot be used together'],
  [{ names: ['web'], filters: ['name=a'] }, '--filter takes no arguments'],
];
for (const [selection, message] of contradictions) {
  test(`selectContainers() says: ${message}`, (t) => {
    assert.throws(() => selectContainers(makeSandbox(t).ctx, selection), { code: 'usage', message });
  });
}

test('selectContainers() finds each container once, reports what is missing, and reads cidfiles', (t) => {
  const { ctx, rootfs } = makeSandbox(t);
  storeContainer(ctx, { id: A, name: 'web' });
  writeFileSync(`${rootfs}/cid`, `${A}\n`);
  const found = selectContainers(ctx, { names: ['web', 'nope', 'abc1'], cidfiles: [`${rootfs}/cid`] });
  assert.deepEqual(found.targets, [{ id: A, label: 'web' }]);
  assert.equal(found.failures.length, 1);
  assert.deepEqual(selectContainers(ctx, { names: ['nope'], ignore: true }), { targets: [], failures: [] });
  assert.throws(() => selectContainers(ctx, { names: [], cidfiles: ['/nope'] }), {
    message: /^reading CIDFile: /,
  });
  assert.deepEqual(selectContainers(ctx, { names: [], cidfiles: ['/nope'], ignore: true }).targets, []);
});
