import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { storeRoot, testHome } from '../helpers/test-home';
import type { Result } from '../helpers/tspod';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

const any = { expectCode: null };

/** The same command line several times at once. */
function atOnce(times: number, args: readonly string[]): Promise<Result[]> {
  return Promise.all(Array.from({ length: times }, () => runTspod(args, any)));
}

function assertOrderly(results: readonly Result[]): void {
  for (const { stderr } of results) assert.doesNotMatch(stderr, /^\s+at |internal error/m);
}

/** What has happened to a container, with its exit status where there is one. */
async function eventsOf(name: string): Promise<string[]> {
  const format = '{{.Status}} {{with .ContainerExitCode}}{{.}}{{end}}';
  const args = ['events', '--stream=false', '--filter', `container=${name}`, '--format', format];
  const { stdout } = await runTspod(args);
  return stdout.split('\n').map((line) => line.trim());
}

test('two rm of one container at once: it is gone, and the slower one says at most that there is none', async () => {
  for (let round = 0; round < 5; round++) {
    const name = uniqueName();
    await runTspod(['create', '--name', name, '--network', 'none', 'busybox', 'true']);
    const results = await atOnce(3, ['rm', name]);
    assertOrderly(results);
    assert.ok(results.some(({ code }) => code === 0));
    for (const { code, stderr } of results) if (code !== 0) assert.match(stderr, /no such container/);
    assert.deepEqual(readdirSync(join(storeRoot(), 'names')), []);
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
  assert.deepEqual(readdirSync(join(storeRoot(), 'containers')), []);
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
    assert.equal(readdirSync(join(storeRoot(), 'containers')).length, 1);
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
    assert.deepEqual(readdirSync(join(storeRoot(), 'containers')), [], JSON.stringify(results));
  }
});

test('two stop of one container at once: its own exit status and one stop are told', async () => {
  for (let round = 0; round < 3; round++) {
    const name = uniqueName();
    const program = "trap 'exit 7' TERM; while :; do sleep 0.05; done";
    await runTspod(['run', '-d', '--name', name, '--network', 'none', 'busybox', 'sh', '-c', program]);
    const results = await atOnce(3, ['stop', name]);
    assert.deepEqual(
      results.map(({ code }) => code),
      [0, 0, 0],
      JSON.stringify(results),
    );
    const format = '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}';
    assert.equal((await runTspod(['inspect', name, '--format', format])).stdout, 'exited 7 \n');
    const told = (await eventsOf(name)).filter((status) => /^(stop|died)/.test(status));
    assert.deepEqual(told, ['stop', 'died 7']);
    await runTspod(['rm', name]);
  }
});

test('stop, rm -f and the end of a container with --rm at once: it is gone, and was removed once', async () => {
  for (let round = 0; round < 3; round++) {
    const name = uniqueName();
    const program = "trap 'exit 3' TERM; sleep 0.1 & wait; exit 3";
    await runTspod([
      'run',
      '-d',
      '--rm',
      '--name',
      name,
      '--network',
      'none',
      'busybox',
      'sh',
      '-c',
      program,
    ]);
    const results = await Promise.all([
      runTspod(['rm', '-f', name], any),
      runTspod(['stop', name], any),
      runTspod(['wait', name], any),
    ]);
    for (const { code, stderr } of results) if (code !== 0) assert.match(stderr, /no such container/);
    assert.deepEqual(readdirSync(join(storeRoot(), 'containers')), [], JSON.stringify(results));
    assert.deepEqual(
      (await eventsOf(name)).filter((status) => /^(died|remove)/.test(status)),
      ['died 3', 'remove 3'],
    );
  }
});

test('the name of a container with --rm is free when stop has come back', async () => {
  const name = uniqueName();
  const args = ['run', '-d', '--rm', '--name', name, '--network', 'none', 'busybox', 'sleep', '1000'];
  for (let round = 0; round < 3; round++) {
    await runTspod(args);
    await runTspod(['stop', '-t', '0', name]);
  }
});

test('start -a of a container that is ending attaches to it or starts it again', async () => {
  for (let round = 0; round < 3; round++) {
    const name = uniqueName();
    await runTspod(['create', '--name', name, '--network', 'none', 'busybox', 'sh', '-c', 'exit 3']);
    const results = await atOnce(3, ['start', '-a', name]);
    for (const { code, stderr } of results) {
      if (code === 125) assert.match(stderr, /it is not running/);
      else assert.equal(code, 3, stderr);
    }
    await runTspod(['rm', '-f', name]);
  }
});

test('run --replace of one name at once: one container runs in the end, and who was replaced says so', async () => {
  for (let round = 0; round < 3; round++) {
    const name = uniqueName();
    const args = ['run', '-d', '--replace', '--name', name, '--stop-timeout', '0', '--network', 'none'];
    const results = await atOnce(3, [...args, 'busybox', 'sleep', '1000']);
    assertOrderly(results);
    assert.ok(results.some(({ code }) => code === 0));
    for (const { code, stderr } of results) if (code !== 0) assert.match(stderr, /no such container/);
    const { stdout } = await runTspod(['ps', '-a', '--format', '{{.State}}']);
    assert.equal(stdout, 'running\n', JSON.stringify(results));
    await runTspod(['rm', '-f', '-t', '0', name]);
  }
});

test('--replace leaves the old container alone when there is no image for the new one', async () => {
  const name = uniqueName();
  await runTspod(['create', '--name', name, '--network', 'none', 'busybox', 'true']);
  const args = ['run', '--replace', '--name', name, '--pull', 'never', 'localhost/nosuch', 'true'];
  await runTspod(args, { expectCode: 125 });
  await runTspod(['container', 'exists', name]);
  await runTspod(['rm', name]);
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
    assert.deepEqual(readdirSync(join(storeRoot(), folder)), [], folder);
  await waitFor('the end of their files', () => readdirSync(join(storeRoot(), 'tmp')).length === 0);
});

test('the first 5 runs of an empty store at once load the embedded image once', async () => {
  const root = join(testHome().home, 'other');
  const args = ['--root', root, 'run', '--rm', '--network', 'none', 'busybox', 'echo', 'in'];
  const results = await atOnce(5, args);
  for (const result of results) assert.equal(result.stdout, 'in\n', result.stderr);
  assert.equal((await runTspod(['--root', root, 'images', '-q'])).stdout.trim().split('\n').length, 1);
});
