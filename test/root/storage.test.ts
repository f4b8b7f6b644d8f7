import assert from 'node:assert/strict';
import { chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { needs } from '../helpers/capabilities';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { words } from '../helpers/words';

const inBusybox = (options: readonly string[], script: string, expectCode: number | null = 0) =>
  runTspod(['run', '--rm', '--network', 'none', ...options, 'busybox', 'sh', '-c', script], { expectCode });

test('a volume of root keeps what was written, with its owner', async () => {
  const name = uniqueName();
  await inBusybox(['-v', `${name}:/m`], 'echo kept >/m/f; chown 1234:5 /m/f');
  const { stdout: place } = await runTspod(['volume', 'inspect', name, '--format', '{{.Mountpoint}}']);
  assert.equal(place, `/var/lib/tspod/volumes/${name}/_data\n`);
  assert.equal(statSync(join(place.trim(), 'f')).uid, 1234);
  assert.equal((await inBusybox(['-v', `${name}:/m:ro`], 'cat /m/f; ! touch /m/g')).stdout, 'kept\n');
  await runTspod(['volume', 'rm', name]);
});

test('a directory is mounted with the ids of the container', async (t) => {
  const folder = join(testFolder(), 'd');
  mkdirSync(folder);
  writeFileSync(join(folder, 'f'), 'text');
  chownSync(join(folder, 'f'), 1000, 7);
  const ids = ['--uidmap', '0:100000:5000', '--gidmap', '0:100000:5000'];
  const { stdout, stderr } = await inBusybox(
    [...ids, '-v', `${folder}:/m:idmap`],
    'stat -c %u:%g /m/f; touch /m/new',
    null,
  );
  if (/hint: this file system has no mounts with other ids/.test(stderr)) {
    t.skip('this file system has no mounts with other ids');
    return;
  }
  assert.equal(stdout, '1000:7\n', stderr);
  assert.equal(statSync(join(folder, 'new')).uid, 0);
  const without = await inBusybox([...ids, '-v', `${folder}:/m`], 'stat -c %u /m/f');
  assert.equal(without.stdout, '65534\n');
});

test(
  'a volume and a container with a size limit are full for themselves only',
  needs('fuse', 'fuse2fs'),
  async () => {
    const name = uniqueName();
    await runTspod(['volume', 'create', '-o', 'size=8m', name]);
    const fill = (path: string): string =>
      `dd if=/dev/zero of=${path}/full bs=64k 2>&1; rm ${path}/full; echo kept >${path}/f`;
    const volume = await inBusybox(['-v', `${name}:/m`], fill('/m'));
    assert.match(volume.stdout, /No space left on device/);
    assert.equal((await inBusybox(['-v', `${name}:/m`], 'cat /m/f')).stdout, 'kept\n');
    await runTspod(['volume', 'rm', name]);
    assert.match((await inBusybox(['--storage-opt', 'size=8m'], fill(''))).stdout, /No space left on device/);
  },
);

test('what a container changed is committed, saved, removed, loaded and run', async () => {
  const [name, image] = [uniqueName(), `localhost/${uniqueName('c')}:1`];
  const archive = join(testFolder(), 'image.tar');
  await runTspod(words`run --name ${name} --network none busybox sh -c 'echo text >/new; chown 1234 /new'`);
  assert.match((await runTspod(['diff', name])).stdout, /^A \/new$/m);
  await runTspod(['commit', '-q', name, image]);
  await runTspod(['rm', name]);
  await runTspod(['save', '-q', '-o', archive, image]);
  await runTspod(['rmi', image]);
  await runTspod(['load', '-q', '-i', archive]);
  const { stdout } = await runTspod(
    words`run --rm --network none ${image} sh -c 'cat /new; stat -c %u /new'`,
  );
  assert.equal(stdout, 'text\n1234\n');
  await runTspod(['rmi', image]);
});

test('an image is built, with RUN and COPY, and a second time out of the cache', async () => {
  const [folder, image] = [testFolder(), `localhost/${uniqueName('b')}`];
  const file =
    'FROM busybox\nCOPY --chown=1234:5 f /f\nRUN stat -c %u:%g /f >/owner && id -u >>/owner\nCMD cat /owner\n';
  writeFileSync(join(folder, 'Containerfile'), file);
  writeFileSync(join(folder, 'f'), 'text');
  await runTspod(['build', '--network', 'none', '-t', image, folder]);
  assert.equal((await runTspod(['run', '--rm', '--network', 'none', image])).stdout, '1234:5\n0\n');
  const again = await runTspod(['build', '--network', 'none', '-t', image, folder]);
  assert.match(again.stdout + again.stderr, /RUN .* \(cached\)/);
  await runTspod(['rmi', image]);
});
