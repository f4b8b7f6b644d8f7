import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { newSha256, ofNode, sha256 } from '../../../src/sys/sha256';

const million = Buffer.alloc(1_000_000, 'a');

test('sha256() gives the digests of the standard (FIPS 180-2, appendix B)', () => {
  assert.equal(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.equal(sha256(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(sha256(million), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
});

test('sha256() takes text as UTF-8', () => {
  assert.equal(sha256('größe'), createHash('sha256').update('größe', 'utf8').digest('hex'));
});

for (const [name, begin] of [
  ['newSha256()', newSha256],
  ['what stands in for it', ofNode],
] as const) {
  test(`${name} does not care in which pieces the bytes come, nor what else is summed up meanwhile`, () => {
    const [sum, other] = [begin(), begin()];
    for (let at = 0; at < million.length; at += 77_777) {
      sum.update(million.subarray(at, at + 77_777));
      other.update(Buffer.from([at & 0xff]));
    }
    assert.equal(sum.update(Buffer.alloc(0)).hex(), sha256(million));
  });
}
