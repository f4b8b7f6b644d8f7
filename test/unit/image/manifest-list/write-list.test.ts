import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { emptyList, listBytes, typed } from '../../../../src/image/manifest-list/list-content';
import type { ListedManifest } from '../../../../src/image/manifest-list/list-content';
import { writeList } from '../../../../src/image/manifest-list/write-list';
import type { WriteListOptions } from '../../../../src/image/manifest-list/write-list';
import type { Repository } from '../../../../src/image/registry/types';
import { digestOf } from '../../../../src/store/digest';
import { inFolder } from '../../../helpers/in-folder';

const layer = Buffer.from('a layer');
const config = Buffer.from('{}');
const mediaType = 'application/vnd.oci.image.manifest.v1+json';
const manifest = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...described(config) },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...described(layer) }],
  }),
);
const listed: ListedManifest = { mediaType, ...described(manifest) };

function described(bytes: Buffer): { digest: string; size: number } {
  return { digest: digestOf(bytes), size: bytes.length };
}

/** A repository that sends `sent` for the layer. */
function repository(sent: Buffer): Repository {
  const blobs = new Map([
    [digestOf(config), config],
    [digestOf(layer), sent],
  ]);
  return {
    name: 'registry.example.com/app',
    manifest: () => Promise.resolve({ bytes: manifest, mediaType, digest: listed.digest }),
    blob: (digest: string) => {
      const bytes = blobs.get(digest) ?? Buffer.alloc(0);
      const stream = (async function* () {
        yield bytes;
      })();
      return Promise.resolve({ stream, from: 0, size: bytes.length });
    },
  } as Partial<Repository> as Repository;
}

async function write(folder: string, sent: Buffer): Promise<string> {
  const options: Partial<WriteListOptions> = {
    place: { transport: 'oci', path: `${folder}/layout`, reference: undefined },
    find: () => Promise.resolve(repository(sent)),
    all: true,
    note: () => undefined,
    finish: (content) => ({ bytes: listBytes(typed(content)), mediaType: typed(content).mediaType }),
  };
  return writeList({ ...emptyList(), manifests: [listed] }, options as WriteListOptions);
}

const layerFile = (folder: string): string => `${folder}/layout/blobs/${digestOf(layer).replace(':', '/')}`;

test('writeList() copies what a registry has into a layout', () =>
  inFolder(async (folder) => {
    await write(folder, layer);
    assert.equal(readFileSync(layerFile(folder), 'utf8'), 'a layer');
    assert.ok(existsSync(`${folder}/layout/index.json`));
  }));

for (const sent of ['b layer', 'a lay', 'a layer and more']) {
  test(`writeList() refuses ${JSON.stringify(sent)} from a registry in place of "a layer"`, () =>
    inFolder(async (folder) => {
      await assert.rejects(write(folder, Buffer.from(sent)), {
        code: 'invalid',
        message: /^wrong (digest|length)/,
      });
      assert.ok(!existsSync(layerFile(folder)) && !existsSync(`${folder}/layout/index.json`));
    }));
}
