import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, statSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import * as zlib from 'node:zlib';
import { buildArchive } from '../helpers/build-archive';
import { ociArchive, sha256, testLayer } from '../helpers/build-image';
import type { TestImage } from '../helpers/build-image';
import { runScriptLacking } from '../helpers/lacking-machine';
import { registryUser, startRegistry } from '../helpers/registry';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const insecure = '--tls-verify=false';

async function loadImage(compress?: (data: Buffer) => Buffer): Promise<TestImage & { name: string }> {
  const layers = [];
  for (const file of ['one', 'two', 'three']) {
    const data = uniqueName('content').repeat(200_000);
    layers.push(testLayer(await buildArchive([{ name: uniqueName(file), data }]), compress));
  }
  const name = `localhost/${uniqueName('push')}:1`;
  const image = { layers, names: [name], name };
  await runTspod(['load', '-q'], { stdin: await ociArchive(image) });
  return image;
}

function skopeo(...args: string[]): string {
  return execFileSync('skopeo', args, { encoding: 'utf8', env: { ...process.env, TMPDIR: testFolder() } });
}

interface RawManifest {
  mediaType: string;
  config: { digest: string };
  layers: { mediaType: string; digest: string }[];
}

function rawOf(host: string, name: string): RawManifest {
  return JSON.parse(
    skopeo('inspect', '--raw', '--tls-verify=false', `docker://${host}/${name}`),
  ) as RawManifest;
}

const inspect = async (format: string, name: string): Promise<string> =>
  (await runTspod(['image', 'inspect', '-f', format, name])).stdout.trim();

test('push sends an image of compressed layers byte for byte, and its digests stay', async () => {
  const { host } = await startRegistry();
  const image = await loadImage(zlib.gzipSync);
  const digestFile = join(testFolder(), 'digest');
  const { stdout, stderr } = await runTspod([
    ...['push', insecure, '--digestfile', digestFile],
    ...[image.name, `${host}/team/web:1`],
  ]);
  assert.equal(stdout, '');
  assert.match(stderr, /^Copying (blob|config) sha256:[^]*\nWriting manifest to image destination\n$/);
  assert.equal(readFileSync(digestFile, 'utf8'), await inspect('{{.Digest}}', image.name));
  const raw = rawOf(host, 'team/web:1');
  assert.deepEqual(
    raw.layers.map(({ digest }) => digest),
    image.layers.map(({ data }) => sha256(data)),
  );
  // skopeo reads every blob and compares its digest
  skopeo('copy', '-q', '--src-tls-verify=false', `docker://${host}/team/web:1`, `dir:${testFolder()}`);
});

test('push compresses layers that were made here, keeps the id, and sends the same bytes again', async () => {
  const { host } = await startRegistry();
  const image = await loadImage();
  await runTspod(['push', '-q', insecure, image.name, `${host}/a:1`]);
  const raw = rawOf(host, 'a:1');
  assert.equal(raw.config.digest, `sha256:${await inspect('{{.Id}}', image.name)}`);
  for (const { mediaType } of raw.layers)
    assert.equal(mediaType, 'application/vnd.oci.image.layer.v1.tar+gzip');
  const { stderr } = await runTspod(['push', insecure, image.name, `${host}/a:2`]);
  assert.equal(stderr.match(/skipped: already exists/g)?.length, 4);
  assert.deepEqual(rawOf(host, 'a:2'), raw);
});

test('push sends nothing where the registry has the manifest, and under another name what it has lost', async () => {
  const { host, storage } = await startRegistry();
  const image = await loadImage(zlib.gzipSync);
  const push = async (tag: string): Promise<string> =>
    (await runTspod(['push', insecure, image.name, `${host}/a:${tag}`])).stderr;
  assert.match(await push('1'), /^Writing manifest/m);
  const written = join(storage, 'docker/registry/v2/repositories/a/_manifests/tags/1/current/link');
  const before = statSync(written, { bigint: true }).mtimeNs;
  assert.equal(await push('1'), 'Skipping: image already present at destination\n');
  assert.equal(statSync(written, { bigint: true }).mtimeNs, before);
  const layers = join(storage, 'docker/registry/v2/repositories/a/_layers/sha256');
  const lost = sha256(image.layers[0]?.data ?? Buffer.of());
  rmSync(join(layers, lost.slice('sha256:'.length)), { recursive: true });
  assert.match(await push('2'), new RegExp(`^Copying blob ${lost}\n[^]*Writing manifest`, 'm'));
  skopeo('copy', '-q', '--src-tls-verify=false', `docker://${host}/a:2`, `dir:${testFolder()}`);
});

test('push mounts blobs that another repository of the registry has', async () => {
  const { host, storage } = await startRegistry();
  const image = await loadImage(zlib.gzipSync);
  await runTspod(['push', '-q', insecure, image.name, `${host}/from:1`]);
  await runTspod(['push', '-q', insecure, image.name, `docker://${host}/to/other`]);
  skopeo('copy', '-q', '--src-tls-verify=false', `docker://${host}/to/other`, `dir:${testFolder()}`);
  const uploads = join(storage, 'docker/registry/v2/repositories/to/other/_uploads');
  assert.deepEqual(existsSync(uploads) ? readdirSync(uploads) : [], []);
});

test('push mounts what was pulled from another repository of the registry, with its digest unchanged', async () => {
  const { host, storage } = await startRegistry();
  const image = await loadImage();
  const folder = testFolder();
  await runTspod(['push', '-q', image.name, `oci:${folder}/layout:x`]);
  // another tool puts it there
  skopeo('copy', '-q', '--dest-tls-verify=false', `oci:${folder}/layout:x`, `docker://${host}/theirs:1`);
  await runTspod(['rmi', image.name]);
  await runTspod(['pull', '-q', insecure, `${host}/theirs:1`]);
  const { stderr } = await runTspod([
    '--log-level',
    'debug',
    'push',
    insecure,
    `${host}/theirs:1`,
    `${host}/ours:1`,
  ]);
  assert.match(stderr, /Copying blob/);
  assert.deepEqual(rawOf(host, 'ours:1'), rawOf(host, 'theirs:1'));
  const uploads = join(storage, 'docker/registry/v2/repositories/ours/_uploads');
  assert.deepEqual(existsSync(uploads) ? readdirSync(uploads) : [], []);
});

test('push --format v2s2 converts the manifest; the configuration stays', async () => {
  const { host } = await startRegistry();
  const image = await loadImage(zlib.gzipSync);
  await runTspod(['push', '-q', insecure, '--format', 'v2s2', image.name, `${host}/v2`]);
  const raw = rawOf(host, 'v2');
  assert.equal(raw.mediaType, 'application/vnd.docker.distribution.manifest.v2+json');
  assert.equal(raw.config.digest, `sha256:${await inspect('{{.Id}}', image.name)}`);
  for (const { mediaType } of raw.layers)
    assert.equal(mediaType, 'application/vnd.docker.image.rootfs.diff.tar.gzip');
});

test('push uses --creds, and is told by the registry when they are wrong', async () => {
  const { host } = await startRegistry({ auth: 'htpasswd' });
  const image = await loadImage(zlib.gzipSync);
  const { username, password } = registryUser;
  const push = ['push', '-q', insecure, '--retry', '0'];
  await runTspod([...push, '--creds', `${username}:${password}`, image.name, `${host}/x`]);
  const { stderr } = await runTspod([...push, '--creds', `${username}:wrong`, image.name, `${host}/y`], {
    expectCode: 125,
  });
  assert.match(stderr, /^Error: pushing localhost\//);
  assert.doesNotMatch(stderr, /wrong/);
});

test('push to oci:, oci-archive:, docker-archive: and dir: writes what skopeo and pull read', async () => {
  const image = await loadImage();
  const id = await inspect('{{.Id}}', image.name);
  const folder = testFolder();
  const places: [string, string | undefined][] = [
    [`oci:${folder}/layout:web:2`, 'localhost/web:2'],
    [`oci-archive:${folder}/oci.tar:web:3`, 'localhost/web:3'],
    [`docker-archive:${folder}/docker.tar:quay.io/x/web:4`, 'quay.io/x/web:4'],
    [`dir:${folder}/dir`, undefined],
  ];
  for (const [place] of places) {
    await runTspod(['push', '-q', image.name, place]);
    skopeo('copy', '-q', place, `dir:${testFolder()}`);
  }
  await runTspod(['rmi', image.name]);
  for (const [place, name] of places) {
    assert.equal((await runTspod(['pull', '-q', place])).stdout, `${id}\n`);
    assert.equal(await inspect('{{.Id}}', name ?? id), id);
    await runTspod(['rmi', '-f', id]);
  }
});

for (const level of ['3', '22']) {
  test(`push --compression-format zstd --compression-level ${level} compresses layers that others can read`, async () => {
    const { name } = await loadImage();
    const id = await inspect('{{.Id}}', name);
    const folder = join(testFolder(), 'layout');
    const options = ['--compression-format', 'zstd', '--compression-level', level];
    await runTspod(['push', '-q', ...options, name, `oci:${folder}`]);
    const { layers } = JSON.parse(skopeo('inspect', '--raw', `oci:${folder}`)) as RawManifest;
    for (const { mediaType, digest } of layers) {
      assert.equal(mediaType, 'application/vnd.oci.image.layer.v1.tar+zstd');
      execFileSync('zstd', ['-q', '--test', join(folder, 'blobs/sha256', digest.slice(7))]);
    }
    await runTspod(['rmi', name]);
    assert.equal((await runTspod(['pull', '-q', `oci:${folder}`])).stdout, `${id}\n`);
    await runTspod(['rmi', '-f', id]);
  });
}

test('push with zstd where neither Node nor a program makes it names the package', async () => {
  const script = `tspod run --rm --network none busybox true
    tspod push -q --compression-format zstd busybox dir:${testFolder()}/x; echo "$?"`;
  const { stdout, stderr } = await runScriptLacking({ programs: ['zstd'], subordinateIds: true }, script);
  const isInNode = 'createZstdCompress' in zlib;
  assert.equal(stdout, isInNode ? '0\n' : '125\n');
  if (!isInNode)
    assert.match(stderr, /Error: nothing here compresses with zstd: .*\nhint: apt-get install zstd; /);
});

const refusals: [string, string[], RegExp][] = [
  ['an image that is not there', ['nonesuch', 'dir:x'], /^Error: nonesuch: image not known\n/],
  ['a name of this machine only', ['busybox'], /is a name of this machine only, not of a registry/],
  [
    'zstd:chunked',
    ['--compression-format', 'zstd:chunked', 'busybox', 'dir:x'],
    /zstd:chunked is not supported/,
  ],
  [
    'an unknown compression',
    ['--compression-format', 'lz4', 'busybox', 'dir:x'],
    /cannot find compressor for "lz4"/,
  ],
  ['a level that gzip has not', ['--compression-level', '10', 'busybox', 'dir:x'], /gzip has 1 to 9/],
  ['the old manifest', ['--format', 'v2s1', 'busybox', 'dir:x'], /v2s1 is not supported/],
  ['to sign', ['--sign-by', 'me', 'busybox', 'dir:x'], /--sign-by is not supported/],
  ['to encrypt', ['--encryption-key', 'k', 'busybox', 'dir:x'], /--encryption-key is not supported/],
  ["Podman's store", ['busybox', 'containers-storage:x'], /images are not written there/],
  ['a directory of other files', ['busybox', 'dir:/etc'], /is not empty/],
];
for (const [what, args, says] of refusals) {
  test(`push refuses ${what}`, async () => {
    await runTspod(['run', '--rm', '--network', 'none', 'busybox', 'true']);
    assert.match((await runTspod(['push', '-q', ...args], { expectCode: 125 })).stderr, says);
  });
}

test('pull of a place that is not there, or is something else, says so', async () => {
  for (const [place, says] of [
    ['dir:/nonesuch', /"\/nonesuch": no such file or directory/],
    ['oci:/etc/passwd', /expected a directory, but it is a file/],
    ['oci-archive:/etc', /expected a file, but it is a directory/],
    ['oci:/etc', /"oci-layout" is missing/],
    ['containers-storage:web', /there is no store of Podman's in/],
    ['docker-daemon:web', /docker-daemon: is not supported/],
  ] as const) {
    assert.match((await runTspod(['pull', '-q', place], { expectCode: 125 })).stderr, says);
  }
});

test('run takes an image from a directory', async () => {
  const folder = testFolder();
  await runTspod(['run', '--rm', '--network', 'none', 'busybox', 'true']);
  await runTspod(['push', '-q', 'busybox', `oci:${folder}/b`]);
  const { stdout } = await runTspod(['run', '--rm', '--network', 'none', `oci:${folder}/b`, 'echo', 'hi']);
  assert.equal(stdout, 'hi\n');
});

test('a layer that came in Docker’s format is named as in OCI where an archive is loaded that has it too', async () => {
  const { host } = await startRegistry();
  const image = await loadImage(zlib.gzipSync);
  await runTspod(['push', '-q', insecure, '--format', 'v2s2', image.name, `${host}/docker:1`]);
  const archive = join(testFolder(), 'docker.tar');
  await runTspod(['save', '-q', '-o', archive, image.name]);
  await runTspod(['rmi', image.name]);
  await runTspod(['pull', '-q', insecure, `${host}/docker:1`]);
  await runTspod(['load', '-q', '-i', archive]);
  await runTspod(['push', '-q', insecure, image.name, `${host}/oci:1`]);
  const { mediaType, layers } = rawOf(host, 'oci:1');
  assert.equal(mediaType, 'application/vnd.oci.image.manifest.v1+json');
  for (const layer of layers) assert.equal(layer.mediaType, 'application/vnd.oci.image.layer.v1.tar+gzip');
});

test('pull and push with a file of credentials that is missing say so', async () => {
  for (const verb of ['pull', 'push']) {
    const { stderr } = await runTspod([verb, '--authfile', '/nowhere', '127.0.0.1:1/x'], { expectCode: 125 });
    assert.match(stderr, /^Error: credential file is not accessible: "\/nowhere"/);
  }
});
