import assert from 'node:assert/strict';
import test from 'node:test';
import { pushBlob } from '../../../../src/image/push/push-blobs';
import type { BlobUpload, Repository } from '../../../../src/image/registry/types';

const blob = { digest: 'sha256:1', size: 5, source: Buffer.from('bytes') };

/** A repository `r.example/ours` that notes what it is asked. */
function repository(has: { blob?: boolean; mountable?: string[] }): {
  repository: Repository;
  calls: string[];
} {
  const calls: string[] = [];
  const parts: Partial<Repository> = {
    name: 'r.example/ours',
    hasBlob: (digest) => {
      calls.push(`head ${digest}`);
      return Promise.resolve(has.blob ? 5 : undefined);
    },
    mountBlob: (digest, from) => {
      calls.push(`mount ${digest} ${from}`);
      return Promise.resolve(has.mountable?.includes(from) ?? false);
    },
    putBlob: async ({ digest, size, open }: BlobUpload) => {
      const chunks: Buffer[] = [];
      for await (const chunk of open(2)) chunks.push(chunk);
      calls.push(`put ${digest} ${size} ${Buffer.concat(chunks).toString()}`);
    },
  };
  return { repository: parts as Repository, calls };
}

const cases: [string, Parameters<typeof repository>[0], string[], string, string[]][] = [
  ['leaves a blob that is there', { blob: true }, ['a'], 'present', ['head sha256:1']],
  [
    'mounts a blob from the first repository that has it, never from the own one',
    { mountable: ['b'] },
    ['ours', 'a', 'b', 'c'],
    'mounted',
    ['head sha256:1', 'mount sha256:1 a', 'mount sha256:1 b'],
  ],
  [
    'sends a blob that is nowhere, from the offset on',
    {},
    [],
    'sent',
    ['head sha256:1', 'put sha256:1 5 tes'],
  ],
];
for (const [what, has, places, outcome, expected] of cases) {
  test(`pushBlob() ${what}`, async () => {
    const { repository: target, calls } = repository(has);
    assert.equal(await pushBlob(target, blob, places), outcome);
    assert.deepEqual(calls, expected);
  });
}

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
