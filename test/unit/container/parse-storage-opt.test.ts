import assert from 'node:assert/strict';
import test from 'node:test';
import { parseStorageOptions } from '../../../src/container/options/parse-storage-opt';

test('parseStorageOptions() reads a size, and where it is kept', () => {
  assert.deepEqual(parseStorageOptions([]), {});
  assert.deepEqual(parseStorageOptions(['size=2m']), { disk: { size: 2 << 20, kind: 'image' } });
  assert.deepEqual(parseStorageOptions(['upper=tmpfs', 'size=1g']), {
    disk: { size: 1 << 30, kind: 'tmpfs' },
  });
});

for (const [texts, message] of [
  [['size=x'], /invalid size "x"/],
  [['size=0'], /greater than 0/],
  [['upper=tmpfs'], /size is missing/],
  [['upper=disk'], /expected upper=image or upper=tmpfs/],
  [['inodes=5'], /inodes is not supported/],
  [['bad=1'], /unknown option/],
] as [string[], RegExp][])
  test(`parseStorageOptions() refuses ${texts.join(' ')}`, () =>
    assert.throws(() => parseStorageOptions(texts), { message }));
