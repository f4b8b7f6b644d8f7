import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { imageHistory } from '../../../../src/image/list/image-history';
import { recordPath } from '../../../../src/image/find/image-record';
import { imageTree } from '../../../../src/image/list/image-tree';
import { imageUsage } from '../../../../src/image/list/image-usage';
import { storePaths } from '../../../../src/store/store-paths';
import { addEmptyImage, inStore } from '../../../helpers/image-store';

test('imageTree() shows an image without layers', () => {
  inStore((ctx) => {
    const id = addEmptyImage(ctx, 'empty');
    const expected = { id, names: ['localhost/empty:latest'], size: 0, layers: [] };
    assert.deepEqual(imageTree(ctx, 'empty', false), expected);
    assert.deepEqual(imageTree(ctx, 'empty', true), expected);
  });
});

test('an image is looked at although another one is damaged', () => {
  inStore((ctx) => {
    addEmptyImage(ctx, 'good');
    const damaged = addEmptyImage(ctx, 'damaged');
    writeFileSync(recordPath(storePaths(ctx), damaged), '{');
    assert.deepEqual(imageTree(ctx, 'good', true).layers, []);
    assert.equal(imageHistory(ctx, 'good')[0]?.createdBy, 'LABEL name=good');
    const sizes = imageUsage(ctx).images.map(({ image, size }) => [image.names[0], size > 0]);
    assert.deepEqual(sizes, [
      ['localhost/damaged:latest', false],
      ['localhost/good:latest', true],
    ]);
  });
});
