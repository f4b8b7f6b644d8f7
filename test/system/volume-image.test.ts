import assert from 'node:assert/strict';
import test from 'node:test';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const inBusybox = async (options: readonly string[], script: string) =>
  (await runTspod(['run', '--rm', '--network', 'none', ...options, 'busybox', 'sh', '-c', script])).stdout;

test('a volume of an image may be the first that is made in a store', async () => {
  const name = uniqueName();
  await runTspod(['volume', 'create', '--driver', 'image', '-o', 'image=busybox', name]);
  await runTspod(['volume', 'rm', name]);
});

test('a volume of an image begins with its content, keeps what is written, and outlives the name of the image', async () => {
  const [name, other, image] = [uniqueName(), uniqueName(), uniqueName()];
  await runTspod(['tag', 'busybox', image]);
  await runTspod(['volume', 'create', '--driver', 'image', '-o', `image=${image}`, name]);
  const options = ['-v', `${name}:/m`];
  await inBusybox(options, 'test -x /m/bin/busybox && echo kept >/m/f && rm -r /m/home && chown 5:6 /m/f');
  assert.equal(await inBusybox(options, 'stat -c %u:%g /m/f; ls -d /m/home || cat /m/f'), '5:6\nkept\n');
  await runTspod(['volume', 'rename', name, other]);
  await runTspod(['rmi', image]);
  assert.equal(
    await inBusybox(['-v', `${other}:/m`], 'cat /m/f; test -x /m/bin/busybox && echo there'),
    'kept\nthere\n',
  );
  const [shown] = JSON.parse((await runTspod(['volume', 'inspect', other])).stdout);
  assert.deepEqual([shown.Driver, shown.Options], ['image', { image }]);
  await runTspod(['volume', 'rm', other]);
});

test('the layers of a volume are kept when the image is gone', async () => {
  const [name, image, container] = [uniqueName(), uniqueName(), uniqueName()];
  await runTspod(['run', '--name', container, '--network', 'none', 'busybox', 'sh', '-c', 'echo own >/f']);
  await runTspod(['commit', '-q', container, image]);
  await runTspod(['rm', container]);
  await runTspod(['volume', 'create', '--driver', 'image', '-o', `image=${image}`, name]);
  await runTspod(['rmi', image]);
  assert.equal(await inBusybox(['-v', `${name}:/m`], 'cat /m/f'), 'own\n');
  await runTspod(['volume', 'rm', name]);
});

test('what is no volume of an image is refused, and nothing is made', async () => {
  const name = uniqueName();
  for (const [options, message] of [
    [[], /must provide an image name/],
    [['-o', 'size=1m'], /invalid mount option size for driver 'image'/],
    [['-o', 'image=nosuchimage'], /looking up image "nosuchimage" to create volume failed/],
  ] as const) {
    const create = ['volume', 'create', '--driver', 'image', ...options, name];
    assert.match((await runTspod(create, { expectCode: 125 })).stderr, message);
    await runTspod(['volume', 'exists', name], { expectCode: 1 });
  }
});

test('--mount makes a volume with the options of its driver, and inspect counts who has it', async () => {
  const [name, container] = [uniqueName(), uniqueName()];
  const mount = `type=volume,src=${name},dst=/m,volume-opt=type=tmpfs,volume-opt=o=size=1m`;
  const run = ['run', '-d', '--rm', '--name', container, '--network', 'none', '--mount', mount, 'busybox'];
  await runTspod([...run, 'sleep', '1000']);
  assert.match((await runTspod(['exec', container, 'df', '-k', '/m'])).stdout, /^tmpfs +1024 /m);
  const count = async (): Promise<string> =>
    (await runTspod(['volume', 'inspect', '--format', '{{.MountCount}}', name])).stdout;
  assert.equal(await count(), '1\n');
  await runTspod(['stop', '-t', '0', container]);
  assert.equal(await count(), '0\n');
  await runTspod(['volume', 'rm', name]);
  const bad = mount.replace('type=tmpfs', 'nosuch=1');
  const refused = await runTspod(['create', '--mount', bad, 'busybox'], { expectCode: 125 });
  assert.match(refused.stderr, /invalid mount option nosuch/);
});
