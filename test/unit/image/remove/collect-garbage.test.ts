import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { collectGarbage, lockContentShared } from '../../../../src/image/remove/collect-garbage';
import { openStore } from '../../../../src/store/open-store';
import { blobPath, storePaths } from '../../../../src/store/store-paths';
import { addEmptyImage, inStore } from '../../../helpers/image-store';

test('lockContentShared() needs no store, and keeps what nothing names yet', () => {
  inStore((ctx) => {
    const lock = lockContentShared(storePaths(ctx));
    const store = openStore(ctx);
    const blob = blobPath(store, 'a'.repeat(64));
    writeFileSync(blob, '');
    assert.deepEqual(collectGarbage(store), []);
    assert.ok(existsSync(blob));
    lock.release();
    collectGarbage(store);
    assert.ok(!existsSync(blob));
  });
});

test('collectGarbage() keeps the blobs of images', () => {
  inStore((ctx) => {
    const id = addEmptyImage(ctx, 'kept');
    collectGarbage(storePaths(ctx));
    assert.ok(existsSync(blobPath(storePaths(ctx), id)));
  });
});
