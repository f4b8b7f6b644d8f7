import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { storeRoot, testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { words } from '../helpers/words';

async function volumeNames(...filters: string[]): Promise<string[]> {
  const options = filters.flatMap((filter) => ['--filter', filter]);
  const { stdout } = await runTspod(['volume', 'ls', '-q', ...options]);
  return stdout.split('\n').filter(Boolean);
}

const inBusybox = (options: readonly string[], script: string, expectCode: number | null = 0) =>
  runTspod(['run', '--rm', ...options, 'busybox', 'sh', '-c', script], { expectCode });

test('a named volume keeps its data from one container to the next', async () => {
  const name = uniqueName();
  await inBusybox(['-v', `${name}:/data`], 'echo kept >/data/file');
  assert.equal((await inBusybox(['-v', `${name}:/data`], 'cat /data/file')).stdout, 'kept\n');
  assert.ok((await volumeNames()).includes(name));
  await runTspod(['volume', 'rm', name]);
});

test('a new volume gets what the image has there, unless nocopy says otherwise', async () => {
  const name = uniqueName();
  assert.match((await inBusybox(['-v', `${name}:/etc`], 'ls /etc')).stdout, /^passwd$/m);
  await runTspod(['volume', 'rm', name]);
  const { stdout } = await inBusybox(['-v', `${name}:/bin/copy:nocopy`], 'ls /bin/copy');
  assert.equal(stdout, '');
  await runTspod(['volume', 'rm', name]);
});

test('files of other users in a volume can be removed with it', async () => {
  const name = uniqueName();
  await inBusybox(
    ['-v', `${name}:/data`],
    'mkdir -m 700 /data/d; touch /data/d/f; chown -R 1000:1000 /data/d',
  );
  await runTspod(['volume', 'rm', name]);
  assert.deepEqual(await volumeNames(`name=^${name}$`), []);
});

test('volume create, inspect, exists and rm', async () => {
  const name = uniqueName();
  assert.equal((await runTspod(['volume', 'create', '--label', 'a=b', name])).stdout, `${name}\n`);
  assert.match((await runTspod(['volume', 'create', name], { expectCode: 125 })).stderr, /already exists/);
  const [shown] = JSON.parse((await runTspod(['volume', 'inspect', name])).stdout);
  assert.equal(shown.Name, name);
  assert.deepEqual(shown.Labels, { a: 'b' });
  assert.ok(existsSync(shown.Mountpoint));
  await runTspod(['volume', 'exists', name]);
  const some = await runTspod(['volume', 'inspect', '--format', '{{.Name}}', name, 'missing'], {
    expectCode: 125,
  });
  assert.deepEqual([some.stdout, some.stderr], [`${name}\n`, 'Error: no such volume missing\n']);
  assert.equal((await runTspod(['volume', 'inspect', 'missing'], { expectCode: 125 })).stdout, '[]\n');
  assert.equal((await runTspod(['volume', 'rm', name])).stdout, `${name}\n`);
  assert.equal(existsSync(shown.Mountpoint), false);
  await runTspod(['volume', 'exists', name], { expectCode: 1 });
  assert.match((await runTspod(['volume', 'rm', name], { expectCode: 1 })).stderr, new RegExp(`"?${name}"?`));
});

test('a volume with a broken record stops nobody, and can be removed', async () => {
  const [whole, broken] = [uniqueName(), uniqueName()];
  await runTspod(['volume', 'create', whole]);
  await runTspod(['volume', 'create', broken]);
  writeFileSync(join(storeRoot(), 'volumes', broken, 'volume.json'), '{');
  const told = new RegExp(
    `^Error: the record of volume ${broken} is broken: .*; remove the volume, with what is in .*/_data: tspod volume rm ${broken}$`,
    'm',
  );
  for (const args of [
    ['volume', 'ls', '-q'],
    ['system', 'df', '-v'],
    ['volume', 'prune', '-f'],
  ]) {
    const { stdout, stderr } = await runTspod(args);
    assert.match(stderr, told);
    if (args[1] !== 'prune') assert.match(stdout, new RegExp(`^${whole}\\b`, 'm'));
  }
  await runTspod(['volume', 'inspect', broken], { expectCode: 125 });
  await runTspod(['volume', 'rm', whole, broken]);
  assert.equal((await runTspod(['volume', 'ls'])).stderr, '');
});

test('a volume that a container uses is kept, and --force removes both', async () => {
  const name = uniqueName();
  const container = uniqueName();
  await runTspod(['create', '--name', container, '-v', `${name}:/data`, 'busybox', 'true']);
  const { stderr } = await runTspod(['volume', 'rm', name], { expectCode: 2 });
  assert.match(stderr, /being used/);
  await runTspod(['volume', 'rm', '--force', name]);
  await runTspod(['container', 'exists', container], { expectCode: 1 });
});

test('an anonymous volume goes with --rm, and with rm -v', async () => {
  const before = await volumeNames();
  await inBusybox(['-v', '/data'], 'echo x >/data/file');
  assert.deepEqual(await volumeNames(), before);
  const name = uniqueName();
  await runTspod(['run', '--name', name, '-v', '/data', 'busybox', 'touch', '/data/file']);
  assert.equal((await volumeNames()).length, before.length + 1);
  await runTspod(['rm', '-v', name]);
  assert.deepEqual(await volumeNames(), before);
});

test('volume prune removes what nothing uses', async () => {
  const [used, unused, container] = [uniqueName(), uniqueName(), uniqueName()];
  await runTspod(['create', '--name', container, '-v', `${used}:/data`, 'busybox', 'true']);
  await runTspod(['volume', 'create', '--label', 'prune=me', unused]);
  const args = ['volume', 'prune', '--all', '--force', '--filter', 'label=prune=me'];
  assert.equal((await runTspod(args)).stdout, `${unused}\n`);
  assert.ok((await volumeNames()).includes(used));
  await runTspod(['rm', container]);
  await runTspod(['volume', 'rm', used]);
});

test('a bind mount shows a directory of the host, read-only when asked', async () => {
  const folder = testFolder();
  writeFileSync(join(folder, 'file'), 'of the host\n');
  const script = 'cat /mnt/file; echo new >/mnt/other';
  const { stdout, stderr } = await inBusybox(['-v', `${folder}:/mnt:ro`], script, 1);
  assert.equal(stdout, 'of the host\n');
  assert.match(stderr, /Read-only file system/);
  await inBusybox(['--mount', `type=bind,src=${folder},dst=/mnt`], script);
  assert.equal(readFileSync(join(folder, 'other'), 'utf8'), 'new\n');
  assert.equal(statSync(join(folder, 'other')).uid, process.getuid?.());
});

test('a single file can be bound over one of the image', async () => {
  const file = join(testFolder(), 'passwd');
  writeFileSync(file, 'root:x:0:0:bound:/:/bin/sh\n');
  chmodSync(file, 0o644);
  assert.match((await inBusybox(['-v', `${file}:/etc/passwd`], 'cat /etc/passwd')).stdout, /bound/);
});

test('O lets a container write without changing the directory', async () => {
  const folder = testFolder();
  writeFileSync(join(folder, 'file'), 'old\n');
  const { stdout } = await inBusybox(['-v', `${folder}:/mnt:O`], 'echo new >/mnt/file; cat /mnt/file');
  assert.equal(stdout, 'new\n');
  assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'old\n');
});

test('U gives a volume to the user of the container', async () => {
  const name = uniqueName();
  const options = ['--user', '1000:1000', '-v', `${name}:/data:U`];
  assert.equal((await inBusybox(options, 'touch /data/f; stat -c %u:%g /data')).stdout, '1000:1000\n');
  await runTspod(['volume', 'rm', name]);
});

test('a tmpfs has the size it was asked for', async () => {
  const script = 'df -k /t | tail -1; grep " /t " /proc/mounts';
  const { stdout } = await inBusybox(['--tmpfs', '/t:size=1m,noexec'], script);
  assert.match(stdout, /\b1024\b/);
  assert.match(stdout, /noexec/);
});

const MODES: [string, string][] = [
  ['/t', '1777'],
  ['/t:mode=1770', '1770'],
  ['/etc', '755'],
  ['/etc:mode=700', '700'],
];
for (const [tmpfs, mode] of MODES) {
  test(`the mode of --tmpfs ${tmpfs} is ${mode}`, async () => {
    const { stdout } = await inBusybox(['--tmpfs', tmpfs], `stat -c %a ${tmpfs.split(':')[0]}`);
    assert.equal(stdout, `${mode}\n`);
  });
}

const REFUSED: [string, string[], RegExp][] = [
  ['a missing source', ['-v', '/no/such/place:/mnt'], /\/no\/such\/place/],
  ['an unknown option', ['-v', 'x:/mnt:fast'], /unknown option "fast"/],
  ['an unknown mount type', ['--mount', 'type=nfs,dst=/mnt'], /invalid filesystem type "nfs"/],
  [
    'a mount type that is not built',
    ['--mount', 'type=artifact,src=busybox,dst=/mnt'],
    /type=artifact is not supported/,
  ],
  ['two mounts on one target', ['-v', 'x:/mnt', '--tmpfs', '/mnt'], /\/mnt/],
];
for (const [what, options, message] of REFUSED) {
  test(`${what} is refused, and no volume is left behind`, async () => {
    const before = await volumeNames();
    assert.match((await inBusybox(options, 'true', 125)).stderr, message);
    assert.deepEqual(await volumeNames(), before);
  });
}

test('--volumes-from shares the volumes of another container', async () => {
  const [name, volume] = [uniqueName(), uniqueName()];
  await runTspod(['create', '--name', name, '-v', `${volume}:/data`, '-v', '/anonymous', 'busybox', 'true']);
  const from = (options: string): string[] => ['--volumes-from', `${name}${options}`];
  await inBusybox(from(''), 'echo kept >/data/file; echo too >/anonymous/file');
  assert.equal((await inBusybox(from(':ro'), 'cat /data/file /anonymous/file')).stdout, 'kept\ntoo\n');
  await inBusybox(from(':ro'), 'touch /data/file', 1);
  await runTspod(['rm', '-v', name]);
  await runTspod(['volume', 'rm', volume]);
});

test('an anonymous volume that another container has taken outlives a container with --rm', async () => {
  const [name, second] = [uniqueName(), uniqueName()];
  const { stdout: id } = await runTspod([
    ...['run', '-d', '--rm', '--name', name, '--network', 'none', '-v', '/data', 'busybox'],
    ...['sh', '-c', 'echo kept >/data/file; sleep 1000'],
  ]);
  await runTspod(words`create --name ${second} --volumes-from ${name} --network none busybox cat /data/file`);
  await runTspod(['stop', '-t', '0', name]);
  await runTspod(['wait', '--ignore', id.trim()]);
  assert.equal((await runTspod(['start', '-a', second])).stdout, 'kept\n');
  await runTspod(['rm', second]);
  await runTspod(['volume', 'prune', '--force', '--all']);
});

test('a named volume with O is shown, and never written to', async () => {
  const name = uniqueName();
  await inBusybox(['-v', `${name}:/data`], 'echo below >/data/file');
  const { stdout } = await inBusybox(
    ['-v', `${name}:/data:O`],
    'cat /data/file; echo x >/data/file; cat /data/file',
  );
  assert.equal(stdout, 'below\nx\n');
  assert.equal((await inBusybox(['-v', `${name}:/data`], 'cat /data/file')).stdout, 'below\n');
  await runTspod(['volume', 'rm', name]);
});
