import assert from 'node:assert/strict';
import test from 'node:test';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const remove = (name: string) => runTspod(['rm', '-f', '-t', '0', name]);

/** Starts a container that others may join, with a file in its shared memory, and returns its name. */
async function host(...options: string[]): Promise<string> {
  const name = uniqueName();
  const command = ['sh', '-c', 'echo shared >/dev/shm/file; sleep 1000'];
  const names = ['--name', name, '--hostname', 'together', '--network', 'none', '--ipc', 'shareable'];
  await runTspod(['run', '-d', ...names, ...options, 'busybox', ...command]);
  return name;
}

test('a container that joins all namespaces of another one sees its memory, name and processes', async () => {
  const name = await host();
  const joins = ['network', 'ipc', 'pid', 'uts'].flatMap((kind) => [`--${kind}`, `container:${name}`]);
  const script = 'cat /dev/shm/file; hostname; ps -o args | grep -c "[s]leep 1000"; echo >/dev/shm/other';
  const { stdout } = await runTspod(['run', '--rm', ...joins, 'busybox', 'sh', '-c', script]);
  assert.equal(stdout, 'shared\ntogether\n1\n');
  await runTspod(['exec', name, 'test', '-e', '/dev/shm/other']);
  await remove(name);
});

for (const [what, userns] of [
  ['an id map of its own', 'keep-id'],
  ['the user namespace of the other one', 'container'],
] as const) {
  test(`shared memory can be joined with ${what}`, async () => {
    const name = await host('--userns', 'keep-id');
    const ids = ['--userns', userns === 'container' ? `container:${name}` : userns];
    const { stdout } = await runTspod([
      ...['run', '--rm', '--network', 'none', '--ipc', `container:${name}`, ...ids],
      ...['busybox', 'cat', '/dev/shm/file'],
    ]);
    assert.equal(stdout, 'shared\n');
    await remove(name);
  });
}

test('shared memory of another container is refused with another OCI runtime', async () => {
  const name = await host();
  const { stderr } = await runTspod(
    ['--runtime', '/bin/true', 'create', '--ipc', `container:${name}`, 'busybox', 'true'],
    { expectCode: 125 },
  );
  assert.match(stderr, /--ipc container:NAME is not supported with the OCI runtime "\/bin\/true".*\nhint: /);
  await remove(name);
});

test('a program that joins has the OOM score of the container', async () => {
  const name = await host('--oom-score-adj', '300');
  assert.equal((await runTspod(['exec', name, 'cat', '/proc/self/oom_score_adj'])).stdout, '300\n');
  await remove(name);
});
