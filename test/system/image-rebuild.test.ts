import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { buildArchive } from '../helpers/build-archive';
import { dockerArchive, testLayer } from '../helpers/build-image';
import { storeRoot, testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const index = (): string => readFileSync(join(storeRoot(), 'index.json'), 'utf8');
const layers = (): string[] => {
  const folder = join(storeRoot(), 'layers');
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** Loads an image of one layer, with a file that has its name as content; returns the layer's directory. */
async function loadImage(name: string): Promise<string> {
  const before = new Set(layers());
  const archive = await buildArchive([{ name: 'name', data: name }]);
  const file = join(testFolder(), `${name}.tar`);
  const image = { layers: [testLayer(archive)], names: [`localhost/${name}:latest`] };
  writeFileSync(file, await dockerArchive([image]));
  await runTspod(['load', '-i', file]);
  const [hex = ''] = layers().filter((each) => !before.has(each));
  return join(storeRoot(), 'layers', hex);
}

test('a container gets the layers of its image although the store has lost them; the list of images stays as it is', async () => {
  const name = uniqueName('lost');
  const layer = await loadImage(name);
  await loadImage(uniqueName('newer'));
  const before = index();
  for (const lose of [
    () => rmSync(layer, { recursive: true }),
    () => rmSync(join(layer, 'diff'), { recursive: true }),
  ]) {
    lose();
    const { stdout } = await runTspod(['create', name, 'true']);
    assert.equal(readFileSync(join(layer, 'diff/name'), 'utf8'), name);
    assert.equal(index(), before);
    await runTspod(['rm', stdout.trim()]);
  }
});

test('layers whose archive is altered are not unpacked again', async () => {
  const name = uniqueName('altered');
  const layer = await loadImage(name);
  const record = JSON.parse(readFileSync(join(layer, 'layer.json'), 'utf8')) as { blob: { digest: string } };
  const blob = join(storeRoot(), 'blobs/sha256', record.blob.digest.slice(7));
  const bytes = readFileSync(blob);
  const at = bytes.indexOf(name, 512);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(`${blob}.new`, bytes);
  renameSync(`${blob}.new`, blob);
  rmSync(layer, { recursive: true });
  const { stderr } = await runTspod(['create', name, 'true'], { expectCode: 125 });
  assert.match(stderr, /unpacking the layers of .* again: unpacking layer [0-9a-f]{12}: wrong digest/);
  assert.ok(!layers().some((hex) => layer.endsWith(hex)));
});
