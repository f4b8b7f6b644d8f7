import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { storeRoot, testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const runtime = (): string => join(testHome().runtime, 'tspod');
const files = (folder: string): string[] => readdirSync(join(storeRoot(), folder));

async function create(name: string): Promise<string> {
  const args = ['create', '--name', name, '--network', 'none', 'busybox', 'echo', 'ran'];
  return (await runTspod(args)).stdout.trim();
}

async function stateOf(name: string): Promise<string> {
  const format = '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}';
  return (await runTspod(['inspect', '--format', format, name])).stdout.trim();
}

test('after a reboot a container that ran is exited, says why, and starts again', async () => {
  const name = uniqueName();
  const run = ['run', '-d', '--name', name, '--network', 'none', 'busybox', 'sleep', '1000'];
  const id = (await runTspod(run)).stdout.trim();
  const status = join(storeRoot(), 'containers', id, 'status');
  const before = readFileSync(status, 'utf8');
  await runTspod(['kill', name]);
  await runTspod(['wait', name]);
  writeFileSync(status, before.replace(/^boot_id=.*$/m, 'boot_id=00000000-0000-0000-0000-000000000000'));
  rmSync(runtime(), { recursive: true });

  const listed = await runTspod(['ps', '-a', '--format', '{{.Names}} {{.State}}']);
  assert.equal(listed.stdout, `${name} exited\n`);
  assert.equal(listed.stderr, '');
  assert.equal(await stateOf(name), 'exited -1 exited, status unknown: the machine was restarted');
  await runTspod(['start', name]);
  assert.match(await stateOf(name), /^running 0/);
  await runTspod(['rm', '-f', '-t', '0', name]);
});

test('a running pid of the last boot that is now another process is left alone', async () => {
  const name = uniqueName();
  const id = await create(name);
  const path = join(storeRoot(), 'containers', id, 'status');
  const lines = [
    'version=1',
    'phase=running',
    `pid=${process.pid}`,
    'starttime=1',
    'monitor_pid=1',
    'monitor_starttime=1',
  ];
  writeFileSync(path, `${lines.join('\n')}\nboot_id=0\nstarted=1\nfinished=0\ncode=0\n`);
  assert.match(await stateOf(name), /^exited -1/);
  await runTspod(['rm', name]);
});

for (const [what, text] of [
  ['empty', ''],
  ['cut off', '{"version":1,"id":"'],
  ['one of nothing', '{}'],
] as const) {
  test(`a container whose record is ${what} is told of once, harms nobody, and is removed by rm -f`, async () => {
    await runTspod(['rm', '-fa']);
    const [broken, whole] = [uniqueName(), uniqueName()];
    const id = await create(broken);
    await create(whole);
    writeFileSync(join(storeRoot(), 'containers', id, 'record.json'), text);

    const listed = await runTspod(['ps', '-a', '--format', '{{.Names}}']);
    assert.equal(listed.stdout, `${whole}\n`);
    assert.equal(listed.stderr.match(/^\w+: /gm)?.length, 1, listed.stderr);
    assert.match(listed.stderr, new RegExp(`${id.slice(0, 12)}[^]*tspod rm --force`));
    assert.equal((await runTspod(['start', '-a', whole])).stdout, 'ran\n');
    await runTspod(['images']);
    for (const command of ['start', 'inspect', 'logs']) {
      const { stderr } = await runTspod([command, broken], { expectCode: 125 });
      assert.doesNotMatch(stderr, /^\s+at |internal error/m);
    }
    await runTspod(['rm', '-f', id]);
    assert.equal((await runTspod(['ps', '-aq'])).stderr, '');
    await create(broken);
    await runTspod(['rm', broken, whole]);
    assert.deepEqual(files('names'), []);
  });
}

test('rmi, image prune and volume commands go on beside a broken record; rm -fa removes it', async () => {
  const id = await create(uniqueName());
  writeFileSync(join(storeRoot(), 'containers', id, 'record.json'), '');
  await runTspod(['tag', 'busybox', 'other']);
  await runTspod(['rmi', 'other']);
  await runTspod(['volume', 'ls']);
  await runTspod(['volume', 'prune', '-f']);
  await runTspod(['run', '--rm', '--network', 'none', 'busybox', 'true']);
  await runTspod(['rm', '-fa']);
  assert.deepEqual(files('containers'), []);
  assert.deepEqual(files('names'), []);
});

for (const text of ['', 'version=1\nphase=runn']) {
  test(`a container whose status file is ${text === '' ? 'empty' : 'cut off'} starts and is removed`, async () => {
    const name = uniqueName();
    const id = await create(name);
    writeFileSync(join(storeRoot(), 'containers', id, 'status'), text);
    await runTspod(['ps', '-a']);
    assert.equal((await runTspod(['start', '-a', name])).stdout, 'ran\n');
    assert.match(await stateOf(name), /^exited 0/);
    await runTspod(['rm', name]);
  });
}

test('a name that leads to no container is free', async () => {
  const name = uniqueName();
  await create(uniqueName());
  symlinkSync('0'.repeat(64), join(storeRoot(), 'names', name));
  const { stderr } = await runTspod(['rm', name], { expectCode: 1 });
  assert.match(stderr, /no such container/);
  await create(name);
  await runTspod(['rm', '-fa']);
  assert.deepEqual(files('names'), []);
});

test('an empty container directory of a power cut is told of, and removed by rm -fa', async () => {
  mkdirSync(join(storeRoot(), 'containers', 'a'.repeat(64)));
  await runTspod(['ps', '-a']);
  await runTspod(['rm', '-fa']);
  assert.deepEqual(files('containers'), []);
});

test('what killed commands left in tmp/ is removed by the next clean-up, and what is at work stays', async () => {
  const old = new Date(Date.now() - 3600_000);
  const tmp = join(storeRoot(), 'tmp');
  mkdirSync(tmp, { recursive: true });
  const names = [`removed-${'b'.repeat(64)}`, `container-${'c'.repeat(64)}`, `image-${'d'.repeat(16)}`];
  for (const name of names) {
    mkdirSync(join(tmp, name, 'upper'), { recursive: true });
    writeFileSync(join(tmp, name, 'upper/file'), '');
    utimesSync(join(tmp, name), old, old);
  }
  const young = `container-${'e'.repeat(64)}`;
  mkdirSync(join(tmp, young));
  await runTspod(['container', 'prune', '-f']);
  await runTspod(['image', 'prune', '-f'], { expectCode: null });
  await runTspod(['rmi', 'no-such'], { expectCode: 1 });
  await runTspod(['tag', 'busybox', 'other']);
  await runTspod(['rmi', 'other']);
  assert.deepEqual(files('tmp'), [young]);
  rmSync(join(tmp, young), { recursive: true });
});

test('a runtime directory that vanished under a running container is no hindrance', async () => {
  const name = uniqueName();
  await runTspod(['run', '-d', '--name', name, '--network', 'none', 'busybox', 'sleep', '1000']);
  rmSync(runtime(), { recursive: true });
  assert.match(await stateOf(name), /^running/);
  assert.equal((await runTspod(['exec', name, 'echo', 'in'])).stdout, 'in\n');
  await runTspod(['run', '--rm', '--network', 'none', 'busybox', 'true']);
  await runTspod(['stop', '-t', '0', name]);
  await runTspod(['rm', name]);
  assert.ok(!existsSync(join(runtime(), 'containers', name)));
});
