import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildArchive } from '../helpers/build-archive';
import { dockerArchive, ociFiles, testLayer } from '../helpers/build-image';
import { startFaultServer } from '../helpers/fault-server';
import { runScriptLacking } from '../helpers/lacking-machine';
import { runAndKill } from '../helpers/run-and-kill';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';

/** 200 of them are the full test (`npm run test:faults`); a few tell of most mistakes. */
const rounds = Number(process.env['TSPOD_FAULT_ROUNDS'] ?? 20);
const imageName = 'fault.example/image:latest';

/** Three layers; the middle one is of many files, and large. */
async function makeImage() {
  const members = Array.from({ length: 300 }, (_, index) => ({
    name: `d/${index}`,
    data: Buffer.alloc(9_000, `${index}`),
  }));
  const archives = await Promise.all([
    buildArchive([
      { name: 'etc/', type: 'directory' },
      { name: 'etc/a', data: 'a' },
    ]),
    buildArchive([{ name: 'd/', type: 'directory' }, ...members]),
    buildArchive([
      { name: '.wh.etc', data: '' },
      { name: 'last', data: Buffer.alloc(400_000, 'x') },
    ]),
  ]);
  return { layers: archives.map((archive) => testLayer(archive, gzipSync)), names: [imageName] };
}

/** A registry that has the image, and how it is pulled from there. */
async function serveImage(image: Awaited<ReturnType<typeof makeImage>>): Promise<string[]> {
  const server = await startFaultServer();
  const files = ociFiles(image);
  for (const [path, data] of files) if (path.startsWith('blobs/')) server.addBlob('image', data);
  const index = JSON.parse(files.get('index.json')?.toString() ?? '') as { manifests: { digest: string }[] };
  const manifest = files.get(`blobs/sha256/${index.manifests[0]?.digest.slice(7)}`) ?? Buffer.alloc(0);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  server.addManifest('image', manifest, { tag: 'latest', mediaType });
  return ['pull', '--tls-verify=false', '--quiet', `${server.host}/image:latest`];
}

async function timeOf(args: readonly string[]): Promise<number> {
  const start = performance.now();
  await runTspod(args);
  return performance.now() - start;
}

test(`after each of ${rounds} loads and pulls that are killed at any moment the store is whole, and the next one works`, async () => {
  const root = testFolder('store');
  const tspod = (...args: string[]): string[] => ['--root', root, ...args];
  const image = await makeImage();
  const file = join(testFolder('archive'), 'image.tar');
  writeFileSync(file, await dockerArchive([image]));
  const transfers = [tspod('load', '-i', file), tspod(...(await serveImage(image)))];
  const longest: number[] = [];
  for (const args of transfers) {
    longest.push(await timeOf(args));
    await runTspod(tspod('rmi', '--all', '--force'));
  }
  for (let round = 0; round < rounds; round++) {
    const which = round % transfers.length;
    const args = transfers[which] ?? [];
    const delay = Math.random() * (longest[which] ?? 0) * 1.1;
    const told = `round ${round}: ${args.join(' ')}, killed after ${delay.toFixed(1)} ms`;
    await runAndKill(args, delay);
    const { stdout, stderr, code } = await runTspod(tspod('system', 'check'), { expectCode: null });
    assert.equal(`${stdout}${stderr}${code}`, '0', told);
    await runTspod(args);
    assert.equal((await runTspod(tspod('system', 'check'))).stdout, '', told);
    assert.match((await runTspod(tspod('images', '-q'))).stdout, /^[0-9a-f]{12}\n$/, told);
    // every other time the next one meets what this one has left
    if (round % 3 !== 2) await runTspod(tspod('rmi', '--all', '--force'));
  }
  await runTspod(tspod('rmi', '--all', '--force'));
  for (const folder of ['layers', 'blobs/sha256', 'images'])
    assert.deepEqual(readdirSync(join(root, folder)), []);
});

test('a repair that is killed at any moment leaves a store that the next one repairs', async () => {
  const root = testFolder('store');
  const tspod = (...args: string[]): string[] => ['--root', root, ...args];
  const file = join(testFolder('archive'), 'image.tar');
  writeFileSync(file, await dockerArchive([await makeImage()]));
  await runTspod(tspod('load', '-i', file));
  const damage = [
    'unshare',
    'sh',
    '-c',
    'chmod 777 "$1"/*/diff; rm -rf "$1"/*/diff/d/1*',
    'sh',
    join(root, 'layers'),
  ];
  await runTspod(damage);
  const longest = await timeOf(tspod('system', 'check', '--repair'));
  mkdirSync(join(root, 'volumes/kept/_data'), { recursive: true });
  for (let round = 0; round < Math.ceil(rounds / 4); round++) {
    await runTspod(damage);
    await runAndKill(tspod('system', 'check', '--repair'), Math.random() * longest);
    await runTspod(tspod('system', 'check', '--repair'));
    assert.equal((await runTspod(tspod('system', 'check'))).stdout, '');
  }
  assert.deepEqual(readdirSync(join(root, 'volumes/kept')), ['_data']);
});

for (const size of [300, 1500, 6000, 9000]) {
  test(`load and import into ${size} KiB that fill up are told of, and leave the store whole`, async () => {
    const root = join(testFolder('disk'), 'root');
    const folder = testFolder('archive');
    const small = await buildArchive([{ name: 'small', data: Buffer.alloc(50_000, 's') }]);
    // three quarters of the disk: an imported archive fits, and not also the files that are unpacked from it
    const large = await buildArchive([{ name: 'large', data: Buffer.alloc(size * 768, 'l') }]);
    writeFileSync(join(folder, 'small.tar'), small);
    writeFileSync(join(folder, 'large.tar'), large);
    writeFileSync(
      join(folder, 'image.tar'),
      await dockerArchive([{ layers: [testLayer(large, gzipSync)], names: [imageName] }]),
    );
    const script = `
      tspod --root ${root} import ${folder}/small.tar small >/dev/null
      tspod --root ${root} import ${folder}/large.tar large || echo "code $?"
      tspod --root ${root} system check --max 0s
      tspod --root ${root} load -i ${folder}/image.tar && tspod --root ${root} load -i ${folder}/image.tar
      tspod --root ${root} system check --max 0s
      tspod --root ${root} images --format '{{.Repository}}' | grep small
      ls ${root}/tmp`;
    const lacks = { subordinateIds: true, space: { path: root, size } };
    const { stdout, stderr } = await runScriptLacking(lacks, script);
    assert.match(stdout, /^code 125\n(Loaded image: .*\n)*localhost\/small\n$/, stderr);
    assert.match(
      stderr,
      /^Error: importing .*: (no space left on device|needs more than .* free on the disk)$/m,
    );
  });
}
