import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { openFileDigests } from '../../../src/build/cache/file-digests';
import { makeSlots } from '../../../src/lib/slots';
import { takeCaches } from '../../../src/build/steps/cache-mounts';
import type { StorePaths } from '../../../src/store/store-paths';
import { listEntries, readEntry, removeEntry, stepKey, writeEntry } from '../../../src/store/build-cache';
import { buildCachePaths } from '../../../src/store/build-cache-paths';

function makeStore(t: TestContext): StorePaths {
  const root = mkdtempSync(join(tmpdir(), 'tspod-cache-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return { root } as StorePaths;
}

test('a key depends on what came before and on every part', () => {
  const keys = [stepKey('a', ['x']), stepKey('b', ['x']), stepKey('a', ['y']), stepKey('a', ['x', ''])];
  assert.equal(new Set(keys).size, 4);
  assert.equal(keys[0], stepKey('a', ['x']));
  assert.match(keys[0] ?? '', /^[0-9a-f]{64}$/);
});

test('an entry is read as it was written; one that is damaged is none', (t) => {
  const store = makeStore(t);
  const entry = { version: 1, created: '2020-01-01T00:00:00Z', chainIds: ['a'], step: 'RUN x' } as const;
  const key = stepKey('a', []);
  writeEntry(store, key, { ...entry, chainIds: ['a'] });
  assert.deepEqual(readEntry(store, key)?.chainIds, ['a']);
  assert.deepEqual(listEntries(store), [key]);
  for (const text of ['', '{', '[]', 'null', '{"version":1}', '{"version":2,"created":"x","chainIds":[]}']) {
    writeFileSync(join(buildCachePaths(store).steps, `${key}.json`), text);
    assert.equal(readEntry(store, key), undefined, text);
  }
  removeEntry(store, key);
  removeEntry(store, key);
  assert.deepEqual(listEntries(store), []);
});

test('a file is read again when it has changed, and not when only others have', async (t) => {
  const store = makeStore(t);
  const context = join(store.root, 'context');
  mkdirSync(context);
  const path = join(context, 'f');
  const digest = async (): Promise<string> => {
    const digests = openFileDigests(store, context);
    const found = await digests.of(path, lstatSync(path, { bigint: true }), () => undefined);
    digests.save();
    return found;
  };
  writeFileSync(path, 'one');
  const one = await digest();
  utimesSync(path, 1, 1);
  assert.equal(await digest(), one);
  writeFileSync(path, 'two');
  assert.notEqual(await digest(), one);
  writeFileSync(path, 'one');
  assert.equal(await digest(), one);
});

test('no more work than there are places goes on at once, and an error frees its place', async () => {
  const slots = makeSlots(2);
  let now = 0;
  let most = 0;
  const work = async (fails: boolean): Promise<void> => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now--;
    if (fails) throw new Error('wrong');
  };
  const all = [true, false, true, false, false].map((fails) => slots.run(() => work(fails)));
  const results = await Promise.allSettled(all);
  assert.equal(most, 2);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  );
});

test('a cache that a RUN mounts twice is taken once; private ones are apart; who waits can be stopped', async (t) => {
  const store = makeStore(t);
  const controller = new AbortController();
  const build = { store, signal: controller.signal };
  const undo: (() => void)[] = [];
  const take = (sharing: 'shared' | 'private' | 'locked', id = 'a') =>
    takeCaches(build, [{ id, sharing }], undo);
  const [twice] = [
    await takeCaches(
      build,
      [
        { id: 'a', sharing: 'shared' },
        { id: 'a', sharing: 'locked' },
      ],
      undo,
    ),
  ];
  assert.equal(twice.size, 1);
  assert.equal((await take('shared')).get('a'), twice.get('a'));
  assert.equal((await take('private')).get('a'), `${twice.get('a')}-1`);
  assert.notEqual((await take('locked', 'b')).get('b'), twice.get('a'));
  const waiting = take('locked');
  controller.abort(new Error('stopped'));
  await assert.rejects(waiting, /stopped/);
  undo.forEach((each) => each());
});
