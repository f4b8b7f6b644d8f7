import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildArchive } from '../helpers/build-archive';
import type { Member } from '../helpers/build-archive';
import { dockerArchive, ociArchive, ociFiles, sha256, testLayer } from '../helpers/build-image';
import { startFaultServer } from '../helpers/fault-server';
import { storeRoot, testFolder } from '../helpers/test-home';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const pipe =
  (program: string, ...args: string[]) =>
  (data: Buffer): Buffer =>
    execFileSync(program, args, { input: data, maxBuffer: 64 << 20 });

/** Nothing is in the staging directory; what is in the store are the images that are listed. */
function assertNothingLeft(): void {
  assert.deepEqual(readdirSync(join(storeRoot(), 'tmp')), []);
}

async function load(archive: Buffer, code = 0): Promise<{ stdout: string; stderr: string }> {
  const path = join(testFolder(), 'archive.tar');
  writeFileSync(path, archive);
  const result = await runTspod(['load', '-q', '-i', path], { expectCode: code });
  assertNothingLeft();
  return result;
}

/** A layer that no other test has. */
function uniqueLayer(...members: Member[]): Promise<Buffer> {
  return buildArchive([{ name: uniqueName('file'), data: uniqueName('content') }, ...members]);
}

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

const hostileMembers: [string, Member, RegExp][] = [
  ['.. in a path', { name: '../../escaped' }, /entry "\.\.\/\.\.\/escaped"/],
  ['an absolute path', { name: '/escaped' }, /absolute path/],
  ['a device', { name: 'sda', type: 'block-device', devmajor: 8, devminor: 0 }, /device 8:0/],
  ['a link that leads outside', { name: 'l', type: 'symlink', linkname: '../etc' }, /leads outside/],
  ['a hard link that leads outside', { name: 'l', type: 'link', linkname: '../etc/passwd' }, /hard link/],
];
for (const [what, member, says] of hostileMembers) {
  test(`load refuses a layer with ${what}, names it, and leaves nothing behind`, async () => {
    const name = uniqueName('hostile');
    const before = [readdirSync(join(storeRoot(), 'layers')), readdirSync(join(storeRoot(), 'blobs/sha256'))];
    const layer = testLayer(await uniqueLayer(member));
    const { stderr } = await load(await dockerArchive([{ layers: [layer], names: [name] }]), 125);
    assert.match(stderr, /^Error: loading ".*archive\.tar": unpacking layer [0-9a-f]{12}: entry /);
    assert.match(stderr, says);
    assert.deepEqual(
      [readdirSync(join(storeRoot(), 'layers')), readdirSync(join(storeRoot(), 'blobs/sha256'))],
      before,
    );
    await runTspod(['image', 'exists', name], { expectCode: 1 });
  });
}

const ociLayerOf = (mediaType: string) => (data: Buffer) =>
  ociArchive({ layers: [testLayer(data)], names: ['x'] }, (layer) => ({ ...layer, mediaType }));

/** What other tools keep in registries and layouts beside images. */
function artifactOf(data: Buffer): Promise<Buffer> {
  const files = ociFiles({ layers: [testLayer(data)], names: ['x'] });
  const index = JSON.parse(String(files.get('index.json'))) as {
    manifests: { digest: string; size: number }[];
  };
  const [entry = { digest: '', size: 0 }] = index.manifests;
  const manifest = JSON.parse(String(files.get(`blobs/sha256/${entry.digest.slice(7)}`))) as {
    config: object;
  };
  Object.assign(manifest.config, { mediaType: 'text/x-recipe' });
  const bytes = Buffer.from(JSON.stringify(manifest));
  Object.assign(entry, { digest: sha256(bytes), size: bytes.length });
  files.set(`blobs/sha256/${entry.digest.slice(7)}`, bytes);
  files.set('index.json', Buffer.from(JSON.stringify(index)));
  return buildArchive([...files].map(([name, content]) => ({ name, data: content })));
}

const damages: [string, (archive: Buffer) => Promise<Buffer>, RegExp][] = [
  [
    'a wrong digest',
    (data) =>
      ociArchive({ layers: [testLayer(data)], names: ['x'] }, (layer) => ({
        ...layer,
        digest: sha256('other'),
      })),
    /wrong digest: expected sha256:[0-9a-f]{64}, got sha256:/,
  ],
  [
    'a wrong length',
    (data) =>
      ociArchive({ layers: [testLayer(data)], names: ['x'] }, (layer) => ({
        ...layer,
        size: layer.size + 1,
      })),
    /wrong length: expected \d+ bytes, got \d+/,
  ],
  [
    'a wrong diff ID',
    (data) => dockerArchive([{ layers: [{ data, diffId: sha256('other') }], names: ['x'] }]),
    /wrong diff ID/,
  ],
  [
    'a truncated layer',
    (data) => dockerArchive([{ layers: [testLayer(data.subarray(0, 516))], names: ['x'] }]),
    /truncated/,
  ],
  [
    'a truncated compressed layer',
    (data) =>
      dockerArchive([
        { layers: [{ ...testLayer(data), data: gzipSync(data).subarray(0, 60) }], names: ['x'] },
      ]),
    /damaged or truncated gzip data/,
  ],
  [
    'a truncated archive',
    async (data) => (await dockerArchive([{ layers: [testLayer(data)], names: ['x'] }])).subarray(0, 2000),
    /truncated/,
  ],
  ['no image in it', (data) => Promise.resolve(data), /not an image archive/],
  [
    'a foreign layer',
    ociLayerOf('application/vnd.oci.image.layer.nondistributable.v1.tar'),
    /is a foreign one/,
  ],
  ['an unknown layer', ociLayerOf('text/plain'), /is of the unknown type "text\/plain"/],
  [
    'too many layers',
    (data) => ociArchive({ layers: Array.from({ length: 501 }, () => testLayer(data)), names: ['x'] }),
    /501 layers are more than the 500 that can be stacked/,
  ],
  ['an artifact in it', artifactOf, /it is an artifact of the type "text\/x-recipe", not an image/],
  [
    'a manifest that is not JSON',
    () => buildArchive([{ name: 'manifest.json', data: 'nonsense' }]),
    /manifest\.json is not JSON/,
  ],
  [
    'a layer that is missing',
    () =>
      buildArchive([
        { name: 'manifest.json', data: '[{"Config":"c","RepoTags":null,"Layers":["gone"]}]' },
        { name: 'c', data: '{}' },
      ]),
    /"gone" is missing/,
  ],
];
for (const [what, damage, says] of damages) {
  test(`load refuses an archive with ${what}`, async () => {
    assert.match((await load(await damage(await uniqueLayer()), 125)).stderr, says);
  });
}

test('load does not wait for the end of what is no archive', async () => {
  const endless = ['-c', 'yes | tspod load'];
  const env = { PATH: `${join(process.cwd(), 'bin')}:${process.env['PATH'] ?? ''}` };
  const { stderr } = await runTspod(endless, { program: 'sh', env, expectCode: 125 });
  assert.match(stderr, /loading from standard input: reading the archive: not a tar archive/);
});

test('load refuses a decompression bomb', async () => {
  const bomb = gzipSync(await uniqueLayer({ name: 'zeros', data: Buffer.alloc(300 << 20) }));
  const layer = { data: bomb, diffId: sha256('unknown') };
  const { stderr } = await load(await dockerArchive([{ layers: [layer], names: ['bomb'] }]), 125);
  assert.match(stderr, /refused as a decompression bomb/);
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
