import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { removeImage, removeUnusedContent } from '../../../../src/image/remove/remove-image';
import { listImages } from '../../../../src/image/list/list-images';
import { digestHex, digestOf } from '../../../../src/store/digest';
import { openStore } from '../../../../src/store/open-store';
import { blobPath } from '../../../../src/store/store-paths';
import type { StorePaths } from '../../../../src/store/store-paths';
import { inStore } from '../../../helpers/image-store';

const options = { force: false, removeContainers: () => Promise.resolve() };

function addBlob(store: StorePaths, content: object): { digest: string; size: number } {
  const bytes = Buffer.from(JSON.stringify(content));
  const digest = digestOf(bytes);
  writeFileSync(blobPath(store, digestHex(digest)), bytes);
  return { digest, size: bytes.length };
}

/** An index as another tool writes it, of an image and of a list, under names that are none here. */
function addForeign(store: StorePaths): void {
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const configType = 'application/vnd.oci.image.config.v1+json';
  const listType = 'application/vnd.oci.image.index.v1+json';
  const rootfs = { type: 'layers', diff_ids: [] };
  const config = {
    mediaType: configType,
    ...addBlob(store, { architecture: 'amd64', os: 'linux', rootfs }),
  };
  const image = {
    mediaType: manifestType,
    ...addBlob(store, { schemaVersion: 2, mediaType: manifestType, config, layers: [] }),
  };
  const list = {
    mediaType: listType,
    ...addBlob(store, { schemaVersion: 2, mediaType: listType, manifests: [image] }),
  };
  const annotations = { 'org.opencontainers.image.ref.name': '1.0' };
  writeFileSync(store.index, JSON.stringify({ manifests: [{ ...image, annotations }, list] }));
}

test('what another tool has put into the store is removed by the ids that images tells', async () => {
  await inStore(async (ctx) => {
    const store = openStore(ctx);
    addForeign(store);
    const listed = listImages(ctx);
    assert.equal(listed.length, 2);
    for (const { id, names } of listed)
      assert.deepEqual(await removeImage(ctx, id.slice(0, 12), options), { untagged: names, deleted: id });
    removeUnusedContent(ctx);
    assert.deepEqual(readdirSync(store.blobs), []);
  });
});
