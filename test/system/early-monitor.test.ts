import assert from 'node:assert/strict';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { tspodProgram } from '../helpers/project';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const helper = join(dirname(dirname(tspodProgram)), 'dist/tspod-helper');

/** A helper that does something else first, in the shell; its arguments are those of the native one. */
function helperThat(does: string): { TSPOD_HELPER: string } {
  const path = join(testFolder('helper'), 'helper');
  writeFileSync(path, `#!/bin/sh\n${does}\nexec "${helper}" "$@"\n`);
  chmodSync(path, 0o755);
  return { TSPOD_HELPER: path };
}

const IS_RELAY = '[ "$1" = start ] && [ $# = 4 ]';

/** The words of a run that leaves a file behind, and that file. */
function touching(...options: string[]): { words: string[]; file: string } {
  const folder = testFolder('touched');
  const words = [
    'run',
    ...options,
    '--network',
    'none',
    '-v',
    `${folder}:/touched`,
    'busybox',
    'touch',
    '/touched/it',
  ];
  return { words, file: join(folder, 'it') };
}

test('run needs no monitor that was started early', async () => {
  const env = helperThat('[ "$1" = monitor ] && exit 1');
  const { stdout, stderr } = await runTspod(['run', '--rm', 'busybox', 'echo', 'hello'], { env });
  assert.deepEqual({ stdout, stderr }, { stdout: 'hello\n', stderr: '' });
});

test('run waits for a monitor that was started early and is slow', async () => {
  const env = helperThat('[ "$1" = monitor ] && sleep 0.5');
  const { stdout } = await runTspod(['run', '--rm', 'busybox', 'echo', 'hello'], { env });
  assert.equal(stdout, 'hello\n');
});

test('a monitor that is ready before its relay waits for it', async () => {
  const env = helperThat(`${IS_RELAY} && sleep 0.5`);
  const { stdout } = await runTspod(['run', '--rm', '-i', 'busybox', 'cat'], { env, stdin: 'in' });
  assert.equal(stdout, 'in');
});

for (const mode of ['the foreground', 'the background']) {
  test(`a program does not run when tspod is killed on its way to ${mode}`, async () => {
    const env = helperThat(`${IS_RELAY} && kill -9 $$`);
    const { words, file } = touching('--rm', ...(mode === 'the background' ? ['-d'] : []));
    await runTspod(words, { env, expectCode: 137 });
    await waitFor('the end of the container', async () => (await runTspod(['ps', '-aq'])).stdout === '');
    assert.equal(existsSync(file), false);
  });
}

test('a container that stays says that tspod was killed while it started it, and can be started', async () => {
  const name = uniqueName();
  const env = helperThat(`${IS_RELAY} && kill -9 $$`);
  const { words, file } = touching('--name', name);
  await runTspod(words, { env, expectCode: 137 });
  const format = '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}';
  const state = async (): Promise<string> =>
    (await runTspod(['inspect', '--format', format, name])).stdout.trim();
  await waitFor('the record', async () => (await state()).startsWith('exited'));
  assert.equal(await state(), 'exited 125 tspod was killed while it started the container');
  await runTspod(['start', '--attach', name]);
  assert.equal(existsSync(file), true);
  await runTspod(['rm', name]);
});

test('a run that fails before its start leaves no monitor behind', async () => {
  const { stderr } = await runTspod(['run', '--rm', '-v', '/no/such/folder:/mnt', 'busybox', 'true'], {
    expectCode: 125,
  });
  assert.match(stderr, /no\/such\/folder/);
  assert.equal((await runTspod(['ps', '-aq'])).stdout, '');
});
