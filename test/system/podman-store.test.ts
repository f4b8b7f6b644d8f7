import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildArchive } from '../helpers/build-archive';
import { sha256 } from '../helpers/build-image';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

interface PodmanStore {
  root: string;
  name: string;
  id: string;
  /** The one file of its one layer. */
  file: string;
}

/** A store as containers/storage 1.57 writes it (driver overlay), with one image of one layer of one file. */
async function podmanStore(): Promise<PodmanStore> {
  const root = testFolder('podman');
  const content = uniqueName('content').repeat(3000);
  const archive = await buildArchive([{ name: 'dir/file', data: content }]);
  const layer = 'a'.repeat(64);
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [sha256(archive)] },
  });
  const id = sha256(config).slice(7);
  const name = `localhost/${uniqueName('moved')}:1`;
  const write = (path: string, data: string | Buffer): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), data);
  };
  const at = archive.indexOf(content.slice(0, 20));
  const notes = [
    { type: 2, payload: archive.subarray(0, at).toString('base64'), position: 0 },
    { type: 1, name: 'dir/file', size: content.length, payload: 'AAAAAAAAAAA=', position: 1 },
    { type: 2, payload: archive.subarray(at + content.length).toString('base64'), position: 2 },
  ];
  write('overlay-images/images.json', JSON.stringify([{ id, names: [name], layer }]));
  write(`overlay-images/${id}/=${Buffer.from(`sha256:${id}`).toString('base64')}`, config);
  write('overlay-layers/layers.json', JSON.stringify([{ id: layer, 'diff-digest': sha256(archive) }]));
  write(
    `overlay-layers/${layer}.tar-split.gz`,
    gzipSync(notes.map((note) => JSON.stringify(note)).join('\n')),
  );
  write(`overlay/${layer}/diff/dir/file`, content);
  return { root, name, id, file: join(root, `overlay/${layer}/diff/dir/file`) };
}

test('pull containers-storage: takes an image over from Podman by name, with its id, its layers exactly as they were', async () => {
  const { root, name, id } = await podmanStore();
  const { stdout } = await runTspod(['pull', '-q', `containers-storage:[overlay@${root}]${name}`]);
  assert.equal(stdout, `${id}\n`);
  assert.equal((await runTspod(['image', 'inspect', '-f', '{{.Id}}', name])).stdout, `${id}\n`);
});

test('pull containers-storage: finds an image by the start of its id, and by a short name', async () => {
  const { root, name, id } = await podmanStore();
  for (const text of [id.slice(0, 12), name.replace('localhost/', '')]) {
    const { stdout } = await runTspod(['pull', '-q', `containers-storage:[overlay@${root}]${text}`]);
    assert.equal(stdout, `${id}\n`);
  }
});

test('pull containers-storage: refuses a layer whose files were changed', async () => {
  const { root, name, file } = await podmanStore();
  const pull = ['pull', '-q', `containers-storage:[overlay@${root}]${name}`];
  writeFileSync(file, 'short');
  assert.match((await runTspod(pull, { expectCode: 125 })).stderr, /is shorter than Podman unpacked it/);
  writeFileSync(file, 'x'.repeat(100_000));
  assert.match((await runTspod(pull, { expectCode: 125 })).stderr, /wrong diff ID/);
});

test('pull containers-storage: says where it looked for an image, and which drivers it can read', async () => {
  const { root } = await podmanStore();
  const pull = async (place: string): Promise<string> =>
    (await runTspod(['pull', '-q', `containers-storage:${place}`], { expectCode: 125 })).stderr;
  assert.match(
    await pull(`[overlay@${root}]nonesuch`),
    new RegExp(`Podman's store "${root}" has no such image`),
  );
  assert.match(await pull(`[vfs@${root}]nonesuch`), /storage driver "vfs": only overlay can be read/);
  mkdirSync(join(root, 'other/vfs-images'), { recursive: true });
  assert.match(await pull(`[overlay@${root}/other]x`), /is of the driver vfs/);
});
