import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { readStoredImage } from '../../../../src/image/transport/stored-image';
import { readImageIndex } from '../../../../src/store/image-index';
import { blobPath, storePaths } from '../../../../src/store/store-paths';
import { addEmptyImage, inStore } from '../../../helpers/image-store';

for (const [what, spoil, message] of [
  [
    'altered',
    (path: string) => writeFileSync(path, '{"rootfs":{"diff_ids":[]}}'),
    /in the store is altered$/,
  ],
  ['lost', (path: string) => rmSync(path), /^the store has lost the blob sha256:/],
] as const) {
  test(`readStoredImage() does not hand out a configuration that is ${what}`, () => {
    inStore((ctx) => {
      const store = storePaths(ctx);
      const id = addEmptyImage(ctx, 'image');
      const [entry] = readImageIndex(store);
      assert.ok(entry);
      assert.equal(readStoredImage(store, entry).id, id);
      spoil(blobPath(store, id));
      assert.throws(() => readStoredImage(store, entry), { code: 'invalid', message });
    });
  });
}
