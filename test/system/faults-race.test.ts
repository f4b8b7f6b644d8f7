import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { testHome } from '../helpers/test-home';
import type { Result } from '../helpers/tspod';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

const store = (): string => join(testHome().home, '.local/share/tspod');
const any = { expectCode: null };

/** The same command line several times at once. */
function atOnce(times: number, args: readonly string[]): Promise<Result[]> {
  return Promise.all(Array.from({ length: times }, () => runTspod(args, any)));
}

function assertOrderly(results: readonly Result[]): void {
  for (const { stderr } of results) assert.doesNotMatch(stderr, /^\s+at |internal error/m);
}

test('two rm of one container at once: it is gone, and the slower one says at most that there is none', async () => {
  for (let round = 0; round < 5; round++) {
    const name = uniqueName();
    await runTspod(['create', '--name', name, '--network', 'none', 'busybox', 'true']);
    const results = await atOnce(3, ['rm', name]);
    assertOrderly(results);
    assert.ok(results.some(({ code }) => code === 0));
    for (const { code, stderr } of results) if (code !== 0) assert.match(stderr, /no such container/);
    assert.deepEqual(readdirSync(join(store(), 'names')), []);
  }
});

test('two rm -f of a running container at once: it is gone', async () => {
  const name = uniqueName();
  await runTspod(['run', '-d', '--name', name, '--network', 'none', 'busybox', 'sleep', '1000']);
  const results = await atOnce(3, ['rm', '-f', '-t', '0', name]);
  assertOrderly(results);
  assert.deepEqual(
    results.map(({ code }) => code),
    [0, 0, 0],
    JSON.stringify(results),
  );
  assert.deepEqual(readdirSync(join(store(), 'containers')), []);
});

test('two start of one container at once: it runs once, and both succeed', async () => {
  for (let round = 0; round < 3; round++) {
    const name = uniqueName();
    const args = ['create', '--name', name, '--network', 'none', 'busybox', 'sh', '-c'];
    await runTspod([...args, 'echo started; exec sleep 1000']);
    const results = await atOnce(3, ['start', name]);
    assert.deepEqual(
      results.map(({ code }) => code),
      [0, 0, 0],
      JSON.stringify(results),
    );
    assert.equal((await runTspod(['logs', name])).stdout, 'started\n');
    assert.match((await runTspod(['exec', name, 'ps'])).stdout, /sleep 1000/);
    await runTspod(['rm', '-f', '-t', '0', name]);
  }
});

test('two run of one name at once: one runs, the others say that the name is in use', async () => {
  for (let round = 0; round < 3; round++) {
    const name = uniqueName();
    const results = await atOnce(3, words`run -d --name ${name} --network none busybox sleep 1000`);
    assertOrderly(results);
    assert.deepEqual(results.map(({ code }) => code).sort(), [0, 125, 125]);
    for (const { code, stderr } of results) if (code !== 0) assert.match(stderr, /already in use/);
    assert.equal(readdirSync(join(store(), 'containers')).length, 1);
    await runTspod(['rm', '-f', '-t', '0', name]);
  }
});

test('rm -f and start of one container at once: neither hangs, and nothing is left of it', async () => {
  for (let round = 0; round < 5; round++) {
    const name = uniqueName();
    await runTspod(['create', '--name', name, '--network', 'none', 'busybox', 'sleep', '1000']);
    const results = await Promise.all([
      runTspod(['start', name], any),
      runTspod(['rm', '-f', '-t', '0', name], any),
    ]);
    assertOrderly(results);
    await runTspod(['rm', '-f', '-t', '0', '--ignore', name]);
    assert.deepEqual(readdirSync(join(store(), 'containers')), [], JSON.stringify(results));
  }
});

test('20 run --rm at once all run, and nothing stays', async () => {
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, index) => runTspod(['run', '--rm', 'busybox', 'echo', String(index)])),
  );
  assert.deepEqual(
    results.map(({ stdout }) => stdout.trim()),
    results.map((_, index) => String(index)),
  );
  for (const folder of ['containers', 'names'])
    assert.deepEqual(readdirSync(join(store(), folder)), [], folder);
  await waitFor('the end of their files', () => readdirSync(join(store(), 'tmp')).length === 0);
});

test('the first 5 runs of an empty store at once load the embedded image once', async () => {
  const root = join(testHome().home, 'other');
  const args = ['--root', root, 'run', '--rm', '--network', 'none', 'busybox', 'echo', 'in'];
  const results = await atOnce(5, args);
  for (const result of results) assert.equal(result.stdout, 'in\n', result.stderr);
  assert.equal((await runTspod(['--root', root, 'images', '-q'])).stdout.trim().split('\n').length, 1);
});
