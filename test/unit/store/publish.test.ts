import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { publish } from '../../../src/store/publish';
import type { StorePaths } from '../../../src/store/store-paths';

const hex = 'ab'.repeat(32);
const digest = `sha256:${hex}`;

interface Place {
  store: StorePaths;
  staging: string;
  /** Makes a directory as those of layers are, with so many files. */
  layer(path: string, files: number): string;
}

function inStore(work: (place: Place) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'publish-'));
  const store = { root, blobs: `${root}/blobs`, layers: `${root}/layers` } as StorePaths;
  const staging = `${root}/tmp`;
  for (const path of [store.blobs, store.layers, staging]) mkdirSync(path);
  const layer = (path: string, files: number): string => {
    mkdirSync(`${path}/diff`, { recursive: true });
    for (let at = 0; at < files; at++) writeFileSync(`${path}/diff/${at}`, String(at));
    writeFileSync(`${path}/layer.json`, '{}');
    return path;
  };
  try {
    work({ store, staging, layer });
  } finally {
    rmSync(root, { recursive: true });
  }
}

for (const count of [2, 100]) {
  test(`publish() moves blobs, a layer of ${count} files, and further files to their places`, () => {
    inStore(({ store, staging, layer }) => {
      const file = `${staging}/blob`;
      writeFileSync(file, 'bytes');
      writeFileSync(`${staging}/record`, 'of it');
      publish(store, {
        blobs: [{ file, digest }],
        layers: [{ directory: layer(`${staging}/layer`, count), chainId: digest }],
        files: [{ file: `${staging}/record`, path: `${store.root}/record` }],
      });
      assert.equal(readFileSync(`${store.blobs}/${hex}`, 'utf8'), 'bytes');
      assert.equal(readFileSync(`${store.layers}/${hex}/diff/${count - 1}`, 'utf8'), String(count - 1));
      assert.equal(readFileSync(`${store.root}/record`, 'utf8'), 'of it');
      assert.ok(!existsSync(file) && !existsSync(`${staging}/layer`));
    });
  });
}

test('publish() leaves a layer staged that the store has', () => {
  inStore(({ store, staging, layer }) => {
    layer(`${store.layers}/${hex}`, 1);
    publish(store, {
      blobs: [],
      layers: [{ directory: layer(`${staging}/layer`, 2), chainId: digest }],
    });
    assert.ok(existsSync(`${staging}/layer/layer.json`));
    assert.ok(!existsSync(`${store.layers}/${hex}/diff/1`));
  });
});

test('publish() replaces a layer of the store that has no record', () => {
  inStore(({ store, staging, layer }) => {
    rmSync(`${layer(`${store.layers}/${hex}`, 1)}/layer.json`);
    publish(store, {
      blobs: [],
      layers: [{ directory: layer(`${staging}/layer`, 2), chainId: digest }],
    });
    assert.ok(existsSync(`${store.layers}/${hex}/diff/1`));
  });
});

test('publish() takes a blob that another process has moved meanwhile', () => {
  inStore(({ store, staging }) => {
    writeFileSync(`${store.blobs}/${hex}`, 'bytes');
    publish(store, { blobs: [{ file: `${staging}/gone`, digest }], layers: [] });
    assert.equal(readFileSync(`${store.blobs}/${hex}`, 'utf8'), 'bytes');
    rmSync(`${store.blobs}/${hex}`);
    assert.throws(() => publish(store, { blobs: [{ file: `${staging}/gone`, digest }], layers: [] }), {
      code: 'ENOENT',
    });
  });
});
