import assert from 'node:assert/strict';
import test from 'node:test';
import { pushBlob } from '../../../../src/image/push/push-blobs';
import type { BlobUpload, Repository } from '../../../../src/image/registry/types';

/** A repository without blobs that takes each from the byte `from` on. */
function takesFrom(from: number, taken: Buffer[]): Repository {
  return {
    name: 'localhost:5000/web',
    hasBlob: () => Promise.resolve(undefined),
    putBlob: async ({ open }: BlobUpload) => {
      for await (const chunk of open(from)) taken.push(chunk);
    },
  } as unknown as Repository;
}

test('pushBlob() tells how many bytes have been handed on, those of an earlier attempt too', async () => {
  const source = Buffer.from('0123456789');
  for (const from of [0, 4]) {
    const [taken, told]: [Buffer[], number[]] = [[], []];
    const blob = {
      digest: 'sha256:00',
      size: source.length,
      source,
      sent: (bytes: number) => told.push(bytes),
    };
    assert.equal(await pushBlob(takesFrom(from, taken), blob, []), 'sent');
    assert.equal(Buffer.concat(taken).toString(), source.subarray(from).toString());
    assert.deepEqual(told, [10]);
  }
});
