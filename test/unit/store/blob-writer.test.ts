import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { createBlobWriter } from '../../../src/store/blob-writer';
import { alignedBuffer } from '../../../src/sys/direct-file';

async function written(chunks: Buffer[], place = tmpdir()): Promise<Buffer> {
  const top = mkdtempSync(join(place, 'tspod-blob-'));
  try {
    const writer = createBlobWriter(join(top, 'blob'), undefined);
    for (const chunk of chunks) await writer.writeBehind(chunk);
    const { digest, size } = await writer.finish();
    const data = readFileSync(join(top, 'blob'));
    assert.equal(digest, `sha256:${createHash('sha256').update(data).digest('hex')}`);
    assert.equal(size, data.length);
    return data;
  } finally {
    rmSync(top, { recursive: true });
  }
}

const cases: [name: string, chunks: Buffer[]][] = [
  [
    'pieces that go past the cache, and an odd end',
    [alignedBuffer(1 << 20).fill(1), alignedBuffer(8192).fill(2), Buffer.from('end')],
  ],
  [
    'an odd piece in the middle',
    [alignedBuffer(4096).fill(1), Buffer.from('odd'), alignedBuffer(4096).fill(2)],
  ],
  ['memory at an odd place', [alignedBuffer(8192).fill(1).subarray(1, 4097), alignedBuffer(4096).fill(2)]],
  ['nothing', []],
];

for (const place of [tmpdir(), '/dev/shm']) {
  for (const [name, chunks] of cases) {
    test(`createBlobWriter() writes ${name} (${place})`, async () => {
      assert.ok((await written(chunks, place)).equals(Buffer.concat(chunks)));
    });
  }
}
