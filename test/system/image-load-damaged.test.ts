import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildArchive } from '../helpers/build-archive';
import type { Member } from '../helpers/build-archive';
import { dockerArchive, ociArchive, ociFiles, sha256, testLayer } from '../helpers/build-image';
import { load, uniqueLayer } from '../helpers/load-archive';
import { storeRoot } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

// a store that what fails can be compared with
before(async () => {
  await load(await dockerArchive([{ layers: [testLayer(await uniqueLayer())], names: [] }]));
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
  ['an empty list of images', () => buildArchive([{ name: 'manifest.json', data: '[]' }]), /lists no image/],
  [
    'names that are no list',
    (data) => dockerArchive([{ layers: [testLayer(data)], names: 'x' as never }]),
    /manifest\.json does not list images/,
  ],
  [
    'more layers than can be stacked',
    (data) => dockerArchive([{ layers: Array.from({ length: 501 }, () => testLayer(data)), names: [] }]),
    /501 layers are more than the 500/,
  ],
  [
    'a name that is a number',
    (data) => ociArchive({ layers: [testLayer(data)], names: [5 as never] }),
    /5 is no name of an image/,
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
