import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { changeImageIndex, readImageIndex } from '../../../src/store/image-index';
import type { IndexEntry } from '../../../src/store/image-index';
import { openStore } from '../../../src/store/open-store';
import { blobPath } from '../../../src/store/store-paths';
import { inStore } from '../../helpers/image-store';

const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`;
const entry = (name: string | undefined, digit = 'a'): IndexEntry => ({
  ...{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOf(digit), size: 2 },
  ...{ name, imageId: digit.repeat(64) },
});

test('changeImageIndex() keeps what an entry says, and gives each name to the first that has it', () => {
  inStore((ctx) => {
    const store = openStore(ctx);
    const list = { ...entry('localhost/all:1', 'c'), list: { created: '2026-01-01T00:00:00Z', sources: {} } };
    const pulled = { ...entry('localhost/a:1', 'b'), listDigest: digestOf('d') };
    changeImageIndex(store, () => [list, pulled, entry('localhost/a:1'), entry(undefined, 'b')]);
    assert.deepEqual(readImageIndex(store), [list, pulled, entry(undefined)]);
  });
});

test('readImageIndex() finds the id of an image that another tool has written', () => {
  inStore((ctx) => {
    const store = openStore(ctx);
    const descriptor = { ...entry(undefined), annotations: { 'org.opencontainers.image.ref.name': '1.0' } };
    writeFileSync(store.index, JSON.stringify({ manifests: [descriptor] }));
    writeFileSync(blobPath(store, 'a'.repeat(64)), JSON.stringify({ config: { digest: digestOf('e') } }));
    assert.deepEqual(readImageIndex(store), [{ ...entry('1.0'), imageId: 'e'.repeat(64) }]);
  });
});

test('changeImageIndex() keeps no id that was only guessed', () => {
  inStore((ctx) => {
    const store = openStore(ctx);
    writeFileSync(store.index, JSON.stringify({ manifests: [entry(undefined)] }));
    assert.deepEqual(
      changeImageIndex(store, (all) => all),
      [entry(undefined)],
    );
    writeFileSync(blobPath(store, 'a'.repeat(64)), JSON.stringify({ config: { digest: digestOf('e') } }));
    assert.equal(readImageIndex(store)[0]?.imageId, 'e'.repeat(64));
  });
});

const annotated = (annotations: unknown): object => ({ ...entry(undefined), annotations });

for (const [what, index] of [
  ['no JSON', '{'],
  ['no list', '{}'],
  ['a manifest without a digest', JSON.stringify({ manifests: [{ size: 2 }] })],
  ['annotations that are none', JSON.stringify({ manifests: [annotated(['a', 1])] })],
  ['a list whose state is no JSON', JSON.stringify({ manifests: [annotated({ 'io.tspod.list': '{' })] })],
  ['a list without state', JSON.stringify({ manifests: [annotated({ 'io.tspod.list': 'null' })] })],
] as const) {
  test(`readImageIndex() says what mends ${what}`, () => {
    inStore((ctx) => {
      const store = openStore(ctx);
      writeFileSync(store.index, index);
      assert.throws(() => readImageIndex(store), { code: 'invalid', hint: /system check --repair/ });
    });
  });
}
