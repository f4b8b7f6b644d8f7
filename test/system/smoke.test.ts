import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { storeRoot } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

test('run prints what the program of the embedded image prints', async () => {
  const { stdout, stderr } = await runTspod(['run', '--rm', 'busybox', 'echo', 'hello', 'world']);
  assert.equal(stdout, 'hello world\n');
  assert.equal(stderr, '');
});

test('run passes standard input on', async () => {
  const { stdout } = await runTspod(['run', '--rm', '-i', 'busybox', 'cat'], { stdin: 'one\ntwo\n' });
  assert.equal(stdout, 'one\ntwo\n');
});

test('run keeps standard output and standard error apart', async () => {
  const { stdout, stderr } = await runTspod(['run', '--rm', 'busybox', 'sh', '-c', 'echo out; echo err >&2']);
  assert.equal(stdout, 'out\n');
  assert.equal(stderr, 'err\n');
});

const endings: { name: string; args: string[]; code: number; says?: RegExp }[] = [
  { name: "the program's own", args: ['busybox', 'sh', '-c', 'exit 7'], code: 7 },
  { name: '128+9 for a program that SIGKILL killed', args: ['busybox', 'sh', '-c', 'kill -9 $$'], code: 137 },
  {
    name: '125 for an unknown option',
    args: ['--no-such-option', 'busybox', 'true'],
    code: 125,
    says: /no-such-option/,
  },
  { name: '125 for a malformed image', args: ['Bad Image', 'true'], code: 125, says: /Bad Image/ },
  {
    name: '126 for a file that cannot be run',
    args: ['busybox', '/etc/passwd'],
    code: 126,
    says: /\/etc\/passwd/,
  },
  {
    name: '127 for a program that is not there',
    args: ['busybox', 'no-such-program'],
    code: 127,
    says: /no-such-program/,
  },
];
for (const { name, args, code, says } of endings) {
  test(`the exit status of run is ${name}`, async () => {
    // A shell as process 1 is not killed by its own signals: the inner one is.
    const { stderr } = await runTspod(['run', '--rm', '--init', ...args], { expectCode: code });
    if (says !== undefined) assert.match(stderr, says);
  });
}

test('a detached container is listed, logs, runs a second program, stops and is removed', async () => {
  const name = uniqueName();
  const script = 'echo started; trap "exit 3" TERM; while :; do sleep 0.05; done';
  const { stdout } = await runTspod(['run', '-d', '--name', name, 'busybox', 'sh', '-c', script]);
  const id = stdout.trim();
  assert.match(id, /^[0-9a-f]{64}$/);

  const listed = await runTspod(['ps', '--format', '{{.ID}} {{.Names}} {{.State}}']);
  assert.equal(listed.stdout, `${id.slice(0, 12)} ${name} running\n`);
  await waitFor('the log', async () => (await runTspod(['logs', name])).stdout === 'started\n');
  assert.equal(
    (await runTspod(['exec', name, 'sh', '-c', 'echo $0 in; exit 4'], { expectCode: 4 })).stdout,
    'sh in\n',
  );
  assert.equal((await runTspod(['exec', name, 'hostname'])).stdout, `${id.slice(0, 12)}\n`);

  assert.equal((await runTspod(['stop', name])).stdout, `${name}\n`);
  const after = await runTspod([
    'ps',
    '-a',
    '--filter',
    `name=${name}`,
    '--format',
    '{{.State}} {{.ExitCode}}',
  ]);
  assert.equal(after.stdout, 'exited 3\n');
  assert.equal((await runTspod(['rm', name])).stdout, `${name}\n`);
  assert.equal((await runTspod(['ps', '-aq'])).stdout, '');
});

test('start runs a stopped container again', async () => {
  const name = uniqueName();
  await runTspod(['run', '--name', name, 'busybox', 'sh', '-c', 'echo x >>/count; wc -l </count']);
  const { stdout } = await runTspod(['start', '--attach', name]);
  assert.equal(stdout.trim(), '2');
  await runTspod(['rm', name]);
});

test('--rm leaves nothing of a container in the store', async () => {
  const before = readdirSync(join(storeRoot(), 'containers'));
  await runTspod(['run', '--rm', '--name', uniqueName(), 'busybox', 'touch', '/file']);
  assert.deepEqual(readdirSync(join(storeRoot(), 'containers')), before);
  await waitFor('the end of its files', () => readdirSync(join(storeRoot(), 'tmp')).length === 0);
});

test('a name that is in use is refused, and says so', async () => {
  const name = uniqueName();
  await runTspod(['create', '--name', name, 'busybox', 'true']);
  const { stderr } = await runTspod(['create', '--name', name, 'busybox', 'true'], { expectCode: 125 });
  assert.match(stderr, new RegExp(`"${name}"`));
  assert.doesNotMatch(stderr, /^\s+at /m);
  await runTspod(['rm', name]);
});
