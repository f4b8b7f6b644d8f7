import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { surveyImages } from '../../../../src/image/check/survey-images';
import type { Survey } from '../../../../src/image/check/survey-images';
import type { Context } from '../../../../src/lib/context';
import { openStore } from '../../../../src/store/open-store';
import { blobPath, layerPath, storePaths } from '../../../../src/store/store-paths';
import { inStore } from '../../../helpers/image-store';

const [upper, lower, archive] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];

/** A layer on another one, with its record. */
function addLayer(ctx: Context): void {
  const folder = layerPath(openStore(ctx), upper);
  mkdirSync(`${folder}/diff`, { recursive: true });
  const record = {
    ...{ diffId: `sha256:${upper}`, chainId: `sha256:${upper}`, parent: `sha256:${lower}`, size: 0 },
    blob: { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${archive}`, size: 1 },
  };
  writeFileSync(`${folder}/layer.json`, JSON.stringify(record));
}

function writeRecord(path: string, record: object): void {
  mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  writeFileSync(path, JSON.stringify(record));
}

function needed(survey: Survey): [owners: string[], parent: string | undefined, archives: number] {
  const layer = survey.layers.get(`sha256:${upper}`);
  assert.ok(layer);
  const owners = layer.owners.map(({ kind, name }) => `${kind} ${name}`);
  return [owners, layer.parent, layer.blobs.length];
}

test('surveyImages() counts the layers of volumes and of mounted images, whose archives may be gone', () => {
  inStore((ctx) => {
    addLayer(ctx);
    const store = storePaths(ctx);
    const chainIds = [upper, lower];
    writeRecord(`${store.volumes}/site/volume.json`, { backing: { kind: 'layers', chainIds } });
    writeRecord(`${store.containers}/${'1'.repeat(64)}/record.json`, {
      ...{ id: '1'.repeat(64), name: 'web', imageId: '', chainIds: [] },
      options: { mounts: [{ kind: 'image', chainIds }] },
    });
    const owners = ['container web', 'volume site'];
    assert.deepEqual(needed(surveyImages(store, [])), [owners, `sha256:${lower}`, 0]);
    writeFileSync(blobPath(store, archive), '.');
    assert.deepEqual(needed(surveyImages(store, [])), [owners, `sha256:${lower}`, 1]);
    assert.equal([...surveyImages(store, []).layers.keys()][0], `sha256:${lower}`);
  });
});

test('surveyImages() misses the archive of a layer that a container was made on', () => {
  inStore((ctx) => {
    addLayer(ctx);
    const record = { id: '2'.repeat(64), name: 'db', imageId: '', chainIds: [upper, lower], options: {} };
    writeRecord(`${storePaths(ctx).containers}/${record.id}/record.json`, record);
    assert.deepEqual(needed(surveyImages(storePaths(ctx), []))[2], 1);
  });
});
