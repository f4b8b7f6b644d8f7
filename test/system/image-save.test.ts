import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildArchive } from '../helpers/build-archive';
import { dockerArchive, ociArchive, sha256, testLayer } from '../helpers/build-image';
import type { TestImage } from '../helpers/build-image';
import { storeRoot, testFolder } from '../helpers/test-home';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const formats = ['docker-archive', 'oci-archive', 'oci-dir', 'docker-dir'] as const;

async function uniqueImage(compress?: (data: Buffer) => Buffer): Promise<TestImage & { name: string }> {
  const layers = [];
  for (const file of ['one', 'two']) {
    const archive = await buildArchive([
      { name: uniqueName(file), data: uniqueName('content').repeat(5000) },
    ]);
    layers.push(testLayer(archive, compress));
  }
  const name = `localhost/${uniqueName('save')}:1`;
  return { layers, names: [name], name };
}

async function load(archive: Buffer): Promise<void> {
  await runTspod(['load', '-q'], { stdin: archive });
}

function skopeo(...args: string[]): string {
  return execFileSync('skopeo', args, { encoding: 'utf8', env: { ...process.env, TMPDIR: testFolder() } });
}

function member(archive: string, path: string): Buffer {
  return execFileSync('tar', ['-xOf', archive, path]);
}

const transports = {
  'docker-archive': 'docker-archive',
  'oci-archive': 'oci-archive',
  'oci-dir': 'oci',
  'docker-dir': 'dir',
};

for (const format of formats) {
  for (const [what, compress] of [
    ['compressed', gzipSync],
    ['uncompressed', undefined],
  ] as const) {
    test(`save writes an image of ${what} layers as ${format}, and skopeo and load read it`, async () => {
      const image = await uniqueImage(compress);
      await load(await ociArchive(image));
      const path = join(testFolder(), 'saved');
      await runTspod(['save', '-q', '--format', format, '-o', path, image.name]);
      const config = JSON.parse(skopeo('inspect', '--config', `${transports[format]}:${path}`)) as {
        rootfs: { diff_ids: string[] };
      };
      assert.deepEqual(
        config.rootfs.diff_ids,
        image.layers.map(({ diffId }) => diffId),
      );
      const id = (await runTspod(['image', 'inspect', '-f', '{{.Id}}', image.name])).stdout;
      await runTspod(['rmi', image.name]);
      // skopeo reads every blob and compares its digest
      skopeo('copy', '-q', `${transports[format]}:${path}`, `dir:${testFolder()}`);
      await runTspod(['load', '-i', path]);
      const back = format === 'docker-dir' ? id.trim() : image.name;
      assert.equal((await runTspod(['image', 'inspect', '-f', '{{.Id}}', back])).stdout, id);
    });
  }
}

test('save keeps the digests of layers and manifest of an image that came compressed', async () => {
  const image = await uniqueImage(gzipSync);
  const archive = await ociArchive(image);
  await load(archive);
  const digest = (await runTspod(['image', 'inspect', '-f', '{{.Digest}}', image.name])).stdout.trim();
  const path = join(testFolder(), 'saved.tar');
  await runTspod(['save', '-q', '--format', 'oci-archive', '-o', path, image.name]);
  const index = JSON.parse(member(path, 'index.json').toString()) as { manifests: { digest: string }[] };
  assert.deepEqual(
    index.manifests.map((manifest) => manifest.digest),
    [digest],
  );
  for (const { data } of image.layers) {
    assert.deepEqual(member(path, `blobs/sha256/${sha256(data).slice(7)}`), data);
  }
});

test('save --uncompressed leaves uncompressed layers as they are, and without it they are gzip', async () => {
  const image = await uniqueImage();
  await load(await ociArchive(image));
  for (const [flags, type] of [
    [['--uncompressed'], /\.tar$/],
    [[], /\.tar\+gzip$/],
  ] as const) {
    const path = testFolder();
    await runTspod(['save', '-q', ...flags, '--format', 'oci-dir', '-o', path, image.name]);
    const raw = JSON.parse(skopeo('inspect', '--raw', `oci:${path}`)) as { layers: { mediaType: string }[] };
    for (const { mediaType } of raw.layers) assert.match(mediaType, type);
  }
});

test('save keeps what it has compressed, and rmi takes it away', async () => {
  const image = await uniqueImage();
  await load(await ociArchive(image));
  const save = async (): Promise<Buffer> => {
    const path = join(testFolder(), 'saved.tar');
    await runTspod(['save', '-q', '--format', 'oci-archive', '-o', path, image.name]);
    return readFileSync(path);
  };
  const first = await save();
  const kept = (): string[] =>
    readdirSync(join(storeRoot(), 'layers')).flatMap((hex) =>
      readdirSync(join(storeRoot(), 'layers', hex))
        .filter((file) => /^packed-[0-9a-f]{64}$/.test(file))
        .map((file) => join(storeRoot(), 'layers', hex, file)),
    );
  const mine = kept().filter((path) => first.includes(path.slice(-64)));
  assert.equal(mine.length, 2);
  assert.deepEqual(await save(), first);
  await runTspod(['rmi', image.name]);
  for (const path of mine) assert.ok(!existsSync(path), path);
});

test('save writes further names into a docker-archive, and with -m several images', async () => {
  const [one, two] = [await uniqueImage(), await uniqueImage(gzipSync)];
  await load(await dockerArchive([one, two]));
  const path = join(testFolder(), 'tags.tar');
  await runTspod(['save', '-q', '-o', path, one.name, 'more:tag', 'quay.io/x/y']);
  const tags = JSON.parse(member(path, 'manifest.json').toString()) as { RepoTags: string[] }[];
  assert.deepEqual(tags[0]?.RepoTags, ['localhost/more:tag', 'quay.io/x/y:latest', one.name]);
  const many = join(testFolder(), 'many.tar');
  await runTspod(['save', '-q', '-m', '-o', many, one.name, two.name]);
  assert.equal((JSON.parse(member(many, 'manifest.json').toString()) as unknown[]).length, 2);
  await runTspod(['rmi', one.name, two.name]);
  const { stdout } = await runTspod(['load', '-q', '-i', many]);
  assert.equal(stdout, `Loaded image: ${one.name}\nLoaded image: ${two.name}\n`);
});

test('save writes every form of archive to a pipe, byte for byte as to a file', async () => {
  const image = await uniqueImage(gzipSync);
  await load(await ociArchive(image));
  for (const format of ['docker-archive', 'oci-archive']) {
    const path = join(testFolder(), 'saved.tar');
    await runTspod(['save', '-q', '--format', format, '-o', path, image.name]);
    const { stdout, stderr } = await runTspod(
      ['-c', `tspod save --format ${format} ${image.name} | sha256sum`],
      {
        program: 'sh',
        env: { PATH: `${join(process.cwd(), 'bin')}:${process.env['PATH'] ?? ''}` },
      },
    );
    assert.equal(`sha256:${stdout.slice(0, 64)}`, sha256(readFileSync(path)));
    assert.match(
      stderr,
      /^Copying blob sha256:.*\nCopying blob sha256:.*\nCopying config sha256:.*\nWriting manifest/,
    );
  }
});

test('save of an image by its id gives it no name', async () => {
  const image = await uniqueImage();
  await load(await ociArchive(image));
  const id = (await runTspod(['images', '-q', '--no-trunc', image.name])).stdout.trim();
  const path = join(testFolder(), 'saved.tar');
  await runTspod(['save', '-q', '-o', path, id]);
  const items = JSON.parse(member(path, 'manifest.json').toString()) as { RepoTags: string[] }[];
  assert.deepEqual(items[0]?.RepoTags, []);
});

test('save replaces an oci-archive and adds to an OCI directory, but not to a docker-archive', async () => {
  const [one, two] = [await uniqueImage(), await uniqueImage()];
  await load(await dockerArchive([one, two]));
  const folder = testFolder();
  for (const { name } of [one, two, two]) {
    await runTspod(['save', '-q', '--format', 'oci-archive', '-o', `${folder}/a.tar`, name]);
    await runTspod(['save', '-q', '--format', 'oci-dir', '-o', `${folder}/dir`, name]);
  }
  const names = (index: Buffer): unknown[] =>
    (JSON.parse(index.toString()) as { manifests: { annotations: object }[] }).manifests.map((manifest) =>
      Object.values(manifest.annotations),
    );
  assert.deepEqual(names(member(`${folder}/a.tar`, 'index.json')), [[two.name]]);
  assert.deepEqual(names(readFileSync(`${folder}/dir/index.json`)), [[one.name], [two.name]]);
  await runTspod(['save', '-q', '-o', `${folder}/d.tar`, one.name]);
  const { stderr } = await runTspod(['save', '-q', '-o', `${folder}/d.tar`, one.name], { expectCode: 125 });
  assert.match(stderr, /doesn't support modifying existing images/);
});

test('save of a damaged layer fails, and leaves no file behind', async () => {
  const image = await uniqueImage();
  await load(await ociArchive(image));
  const hex = image.layers[1]?.diffId.slice(7) ?? '';
  const blob = join(storeRoot(), 'blobs/sha256', hex);
  const { size } = statSync(blob);
  const folder = testFolder();
  const check = async (says: RegExp): Promise<void> => {
    for (const format of formats) {
      const path = join(folder, format);
      const { stderr } = await runTspod(['save', '-q', '--format', format, '-o', path, image.name], {
        expectCode: 125,
      });
      assert.match(stderr, says);
      assert.ok(format.endsWith('dir') || !existsSync(path), path);
    }
    assert.deepEqual(
      readdirSync(folder).filter((name) => !name.endsWith('dir')),
      [],
    );
  };
  const data = readFileSync(blob);
  data[600] = (data[600] ?? 0) ^ 1;
  writeFileSync(blob, data);
  await check(/wrong (digest|diff ID)/);
  truncateSync(blob, size - 512);
  await check(/another length|wrong length|truncated/);
});

const refusals: [string, string[], RegExp][] = [
  ['an image that is not there', ['nonesuch'], /^Error: nonesuch: image not known\n/],
  ['no argument', [], /need at least 1 argument/],
  [
    'an unknown format',
    ['--format', 'xx', 'busybox'],
    /format value must be one of oci-dir oci-archive docker-dir docker-archive/,
  ],
  [
    '--compress without docker-dir',
    ['--compress', 'busybox'],
    /--compress can only be set when --format is 'docker-dir'/,
  ],
  [
    'several images elsewhere',
    ['-m', '--format', 'oci-archive', 'a', 'b'],
    /unsupported format "oci-archive" for saving multiple images/,
  ],
  ['a colon in the file name', ['-o', 'a:b', 'busybox'], /invalid filename \(should not contain ':'\) "a:b"/],
  ['a directory on standard output', ['--format', 'oci-dir', 'busybox'], /standard output cannot be one/],
  [
    'a directory without a name',
    ['--format', 'oci-dir', '-o', '', 'busybox'],
    /standard output cannot be one/,
  ],
];
for (const [what, args, says] of refusals) {
  test(`save refuses ${what}`, async () => {
    assert.match((await runTspod(['save', ...args], { expectCode: 125 })).stderr, says);
  });
}

test('save refuses a terminal', async () => {
  const { stdout } = await runTspod(['-qec', `tspod save busybox`, '/dev/null'], {
    program: 'script',
    expectCode: 125,
    env: { PATH: `${join(process.cwd(), 'bin')}:${process.env['PATH'] ?? ''}` },
  });
  assert.match(stdout, /refusing to save to terminal/);
});

test('save makes a kept compressed layer anew that has been damaged', async () => {
  const image = await uniqueImage();
  await load(await ociArchive(image));
  const save = ['save', '-q', '--format', 'oci-archive', '-o'];
  const first = join(testFolder(), 'first.tar');
  await runTspod([...save, first, image.name]);
  const hexes = [
    ...member(first, 'index.json')
      .toString()
      .matchAll(/sha256:([0-9a-f]{64})/g),
  ].map((match) => match[1]);
  const manifest = member(first, `blobs/sha256/${hexes[0] ?? ''}`).toString();
  const layers = join(storeRoot(), 'layers');
  const kept = readdirSync(layers)
    .flatMap((hex) => readdirSync(join(layers, hex)).map((file) => join(layers, hex, file)))
    .filter((path) => /packed-[0-9a-f]{64}$/.test(path) && manifest.includes(path.slice(-64)));
  const damaged = readFileSync(kept[0] ?? '');
  damaged[20] = (damaged[20] ?? 0) ^ 1;
  writeFileSync(kept[0] ?? '', damaged);
  const second = join(testFolder(), 'second.tar');
  assert.match((await runTspod([...save, second, image.name], { expectCode: 125 })).stderr, /wrong digest/);
  await runTspod([...save, second, image.name]);
  assert.deepEqual(readFileSync(second), readFileSync(first));
});

test('save that is interrupted leaves no file behind', async () => {
  const layer = testLayer(
    await buildArchive([{ name: uniqueName('big'), data: Buffer.alloc(300 << 20, 'x') }]),
  );
  const name = `localhost/${uniqueName('big')}:1`;
  await load(await dockerArchive([{ layers: [layer], names: [name] }]));
  const folder = testFolder();
  const running = startTspod(['save', '-q', '-o', join(folder, 'saved.tar'), name]);
  await waitFor('the file', () => readdirSync(folder).length > 0);
  running.child.kill('SIGTERM');
  assert.equal((await running.finished).code, 128 + 15);
  assert.deepEqual(readdirSync(folder), []);
});
