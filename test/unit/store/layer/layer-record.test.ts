import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { readLayerRecord } from '../../../../src/store/layer/layer-record';
import type { LayerRecord } from '../../../../src/store/layer/layer-record';
import { openStore } from '../../../../src/store/open-store';
import { layerPath } from '../../../../src/store/store-paths';
import { inStore } from '../../../helpers/image-store';

const [chainId, parent] = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];
const mediaType = 'application/vnd.oci.image.layer.v1.tar';
const record: LayerRecord = {
  ...{ diffId: chainId, chainId, parent, size: 5 },
  blob: { mediaType, digest: chainId, size: 1024 },
};

function readBack(content: unknown): LayerRecord | undefined {
  let found: LayerRecord | undefined;
  inStore((ctx) => {
    const store = openStore(ctx);
    assert.equal(readLayerRecord(store, chainId), undefined);
    const folder = layerPath(store, chainId.slice(7));
    mkdirSync(folder);
    writeFileSync(`${folder}/layer.json`, JSON.stringify(content));
    found = readLayerRecord(store, chainId);
  });
  return found;
}

test('readLayerRecord() reads the record of a layer, with a layer below it or without', () => {
  const { parent: _none, ...lowest } = record;
  for (const each of [record, lowest]) assert.deepEqual(readBack(each), each);
});

for (const [what, content] of [
  ['null', null],
  ['a number', 5],
  ['nothing', {}],
  ['no archive', { ...record, blob: undefined }],
  ['an archive without a digest', { ...record, blob: { mediaType, size: 1 } }],
  ['a chain id that is none', { ...record, chainId: '../../etc' }],
  ['a size in words', { ...record, size: 'much' }],
] as const) {
  test(`readLayerRecord() finds a record with ${what} damaged, and says what mends it`, () => {
    assert.throws(() => readBack(content), { code: 'invalid', hint: /system check --repair/ });
  });
}
