import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { commitImage } from '../../../src/image/commit-image';
import type { ImageConfig } from '../../../src/image/image-config';
import { imageHistory } from '../../../src/image/image-history';
import { recordPath } from '../../../src/image/image-record';
import { imageTree } from '../../../src/image/image-tree';
import { imageUsage } from '../../../src/image/image-usage';
import type { Context } from '../../../src/lib/context';
import { openStore } from '../../../src/store/open-store';
import { makeStaging } from '../../../src/store/staging';
import { storePaths } from '../../../src/store/store-paths';

/** Runs `work` in a store of its own. */
function inStore(work: (ctx: Context) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'image-tree-'));
  try {
    work({ paths: { root, runRoot: root }, env: {}, home: root, log: () => undefined } as unknown as Context);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** An image that says something and has no layer; returns its id. */
function addImage(ctx: Context, name: string): string {
  const store = openStore(ctx);
  const staging = makeStaging(store);
  const config: ImageConfig = {
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: { name } },
    rootfs: { type: 'layers', diff_ids: [] },
    history: [{ created_by: `LABEL name=${name}`, empty_layer: true }],
  };
  const image = {
    names: [`localhost/${name}:latest`],
    config: Buffer.from(JSON.stringify(config)),
    manifest: undefined,
  };
  const { id } = commitImage(store, image, { staging, layers: [], config });
  staging.remove();
  return id;
}

test('imageTree() shows an image without layers', () => {
  inStore((ctx) => {
    const id = addImage(ctx, 'empty');
    const expected = { id, names: ['localhost/empty:latest'], size: 0, layers: [] };
    assert.deepEqual(imageTree(ctx, 'empty', false), expected);
    assert.deepEqual(imageTree(ctx, 'empty', true), expected);
  });
});

test('an image is looked at although another one is damaged', () => {
  inStore((ctx) => {
    addImage(ctx, 'good');
    const damaged = addImage(ctx, 'damaged');
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
