import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildArchive } from '../helpers/build-archive';
import { dockerArchive, ociArchive, ociFiles, testLayer } from '../helpers/build-image';
import { startFaultServer } from '../helpers/fault-server';
import { assertNothingLeft, load, uniqueLayer } from '../helpers/load-archive';
import { storeRoot, testFolder } from '../helpers/test-home';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const pipe =
  (program: string, ...args: string[]) =>
  (data: Buffer): Buffer =>
    execFileSync(program, args, { input: data, maxBuffer: 64 << 20 });

const compressions: [string, (data: Buffer) => Buffer][] = [
  ['nothing', (data) => data],
  ['gzip', gzipSync],
  ['zstd', pipe('zstd', '-c', '-q')],
  ['xz', pipe('xz', '-c')],
];

for (const [name, compress] of compressions) {
  test(`load reads a docker-archive and its layers packed with ${name}`, async () => {
    const [image, other] = [uniqueName('docker'), uniqueName('docker')];
    const layers = [testLayer(await uniqueLayer(), compress), testLayer(await uniqueLayer(), compress)];
    const archive = await dockerArchive([{ layers, names: [`${image}:1`, other] }]);
    const expected = `Loaded image: docker.io/library/${image}:1\nLoaded image: docker.io/library/${other}:latest\n`;
    assert.equal((await load(compress(archive))).stdout, expected);
    const { stdout } = await runTspod(['image', 'inspect', '-f', '{{json .RootFS.Layers}}', other]);
    assert.deepEqual(
      JSON.parse(stdout),
      layers.map(({ diffId }) => diffId),
    );
  });

  test(`load reads an oci-archive from standard input, its layer packed with ${name}`, async () => {
    const image = uniqueName('oci');
    const layers = [testLayer(await uniqueLayer(), compress)];
    const stdin = compress(await ociArchive({ layers, names: [`${image}:2`] }));
    assert.equal((await runTspod(['load'], { stdin })).stdout, `Loaded image: localhost/${image}:2\n`);
    assertNothingLeft();
  });
}

test('load fetches an archive from an address, and shows neither account nor query', async () => {
  const server = await startFaultServer();
  const name = uniqueName('fetched');
  const layers = [testLayer(await uniqueLayer())];
  const body = gzipSync(await dockerArchive([{ layers, names: [`localhost/${name}:1`] }]));
  server.fault({ path: /^\/a\.tgz/, answer: { body } });
  const address = `http://me:secret@${server.host}/a.tgz?token=secret`;
  const { stdout, stderr } = await runTspod(['load', '-i', address]);
  assert.equal(stdout, `Loaded image: localhost/${name}:1\n`);
  assert.match(stderr, new RegExp(`^Downloading from "${server.url}/a\\.tgz"\n`));
  server.fault({ path: /a\.tgz/, answer: { status: 500 } });
  const failed = await runTspod(['load', '-q', '-i', address], { expectCode: 125 });
  assert.match(failed.stderr, /^Error: loading "(.*)": fetching "\1": 500 Internal Server Error\n$/);
  assert.doesNotMatch(failed.stderr, /secret/);
  assertNothingLeft();
});

test('load reads an OCI layout in a directory', async () => {
  const folder = testFolder();
  const image = uniqueName('layout');
  for (const [path, data] of ociFiles({ layers: [testLayer(await uniqueLayer())], names: [image] })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), data);
  }
  assert.equal((await runTspod(['load', '-i', folder])).stdout, `Loaded image: localhost/${image}:latest\n`);
});

test('load takes every image of an archive, and layers that they share once', async () => {
  const shared = testLayer(await uniqueLayer());
  const names = [uniqueName('first'), uniqueName('second')];
  const images = names.map(async (name) => ({
    layers: [shared, testLayer(await uniqueLayer())],
    names: [name],
  }));
  const before = readdirSync(join(storeRoot(), 'layers')).length;
  await load(await dockerArchive(await Promise.all(images)));
  assert.equal(readdirSync(join(storeRoot(), 'layers')).length, before + 3);
});

test('load takes a large file of zeros, which grows a thousand times out of its archive', async () => {
  const size = 260 << 20;
  const layer = testLayer(await uniqueLayer({ name: 'zeros', data: Buffer.alloc(size) }), gzipSync);
  const name = uniqueName('zeros');
  await load(await dockerArchive([{ layers: [layer], names: [`localhost/${name}:1`] }]));
  const { stdout } = await runTspod(['image', 'inspect', '-f', '{{.Size}}', `${name}:1`]);
  assert.ok(Number(stdout) >= size);
  await runTspod(['rmi', `${name}:1`]);
});

test('load moves a name to the new image, and the old one stays without a name', async () => {
  const name = uniqueName('moved');
  await load(await dockerArchive([{ layers: [testLayer(await uniqueLayer())], names: [name] }]));
  const { stdout: old } = await runTspod(['image', 'inspect', '-f', '{{.Id}}', name]);
  await load(await dockerArchive([{ layers: [testLayer(await uniqueLayer())], names: [name] }]));
  assert.equal((await runTspod(['image', 'inspect', '-f', '{{.RepoTags}}', old.trim()])).stdout, '[]\n');
});

test('two loads of one archive at once both succeed', async () => {
  const name = uniqueName('twice');
  const path = join(testFolder(), 'archive.tar');
  writeFileSync(path, await dockerArchive([{ layers: [testLayer(await uniqueLayer())], names: [name] }]));
  await Promise.all([1, 2, 3].map(() => runTspod(['load', '-i', path])));
  assertNothingLeft();
  assert.equal((await runTspod(['images', '-q', name])).stdout.trim().split('\n').length, 1);
});

test('a layer keeps owners, set-uid bits, file capabilities and whiteouts in a container', async () => {
  const name = uniqueName('faithful');
  // cap_net_raw+ep, version 2
  const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex').toString('latin1');
  const upper = await buildArchive([
    { name: 'owned', data: 'x', uid: 1234, gid: 4321, mode: 0o2755 },
    { name: 'su', data: 'x', uid: 7, mode: 0o4711 },
    { name: 'capable', data: 'x', pax: { 'SCHILY.xattr.security.capability': capability } },
    { name: 'etc/.wh.shadow' },
  ]);
  await runTspod(['run', '--rm', 'busybox', 'true']);
  const { stdout: blob } = await runTspod([
    'image',
    'inspect',
    '-f',
    '{{index .RootFS.Layers 0}}',
    'busybox',
  ]);
  const base = execFileSync('cat', [join(storeRoot(), 'blobs/sha256', blob.trim().slice(7))], {
    maxBuffer: 64 << 20,
  });
  await load(
    await dockerArchive([
      { layers: [testLayer(base), testLayer(upper)], names: [name], config: { Cmd: ['sh'] } },
    ]),
  );
  const script = 'stat -c "%n %a %u:%g" /owned /su; ls /etc/shadow || echo gone';
  const { stdout } = await runTspod(['run', '--rm', name, '/bin/sh', '-c', script]);
  assert.equal(stdout, '/owned 2755 1234:4321\n/su 4711 7:0\ngone\n');
  const { stdout: layer } = await runTspod([
    'image',
    'inspect',
    '-f',
    '{{.GraphDriver.Data.UpperDir}}',
    name,
  ]);
  const found = await runTspod(
    ['unshare', 'getfattr', '-n', 'security.capability', '-e', 'hex', `${layer.trim()}/capable`],
    { expectCode: null },
  );
  if (found.code === 0) assert.match(found.stdout, /security\.capability=0x0100000[23]00200000/);
});

test('a layer whose owner is beyond the subordinate ids is refused with the cure', async () => {
  const layer = testLayer(await uniqueLayer({ name: 'far', data: 'x', uid: 200_000 }));
  const { stderr } = await load(await dockerArchive([{ layers: [layer], names: ['far'] }]), 125);
  assert.match(stderr, /entry "far": owner 200000:0 is not among the ids/);
  assert.match(stderr, /usermod --add-subuids/);
});

test('a killed load leaves a store in which the next one succeeds', async () => {
  const name = uniqueName('killed');
  const path = join(testFolder(), 'archive.tar');
  const big = await uniqueLayer({ name: 'big', data: Buffer.alloc(30 << 20, 'x') });
  writeFileSync(path, await dockerArchive([{ layers: [testLayer(big)], names: [name] }]));
  for (let i = 0; i < 4; i++) {
    const running = startTspod(['load', '-i', path]);
    await waitFor('the load to begin', () => readdirSync(join(storeRoot(), 'tmp')).length > i);
    running.child.kill('SIGKILL');
    await running.finished;
  }
  await runTspod(['load', '-i', path]);
  await runTspod(['image', 'exists', name]);
});
