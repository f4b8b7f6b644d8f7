import assert from 'node:assert/strict';
import test from 'node:test';
import { TspodError } from '../../../src/lib/errors';
import { throughProgram } from '../../../src/sys/through-program';

const large = Buffer.alloc(3 << 20, 'some text ');

async function* pieces(data = large, size = 100_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += size) yield await Promise.resolve(data.subarray(at, at + size));
}

async function collect(from: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of from) parts.push(part);
  return Buffer.concat(parts);
}

test('throughProgram() gives what the program makes of all that comes', async () => {
  assert.deepEqual(await collect(throughProgram('cat', [], pieces())), large);
  assert.deepEqual(await collect(throughProgram('cat', [], pieces(Buffer.alloc(0)))), Buffer.alloc(0));
});

test('throughProgram() tells how a program failed, also when it has not read everything', async () => {
  for (const [script, message] of [
    ['cat >/dev/null; exit 3', /sh ended with the status 3/],
    ['exit 4', /sh ended with the status 4/],
    ['kill -9 $$', /sh ended with signal SIGKILL/],
  ] as const)
    await assert.rejects(collect(throughProgram('sh', ['-c', script], pieces())), message);
});

test('throughProgram() passes on what its source says, and that there is no such program', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield* pieces();
    throw new TspodError('invalid', 'the layer is damaged');
  }
  await assert.rejects(collect(throughProgram('cat', [], broken())), /the layer is damaged/);
  await assert.rejects(collect(throughProgram('/no/such/program', [], pieces())), /ENOENT/);
});

test('throughProgram() ends the program when nobody reads on', async () => {
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) yield await Promise.resolve(large);
  }
  for await (const part of throughProgram('cat', [], endless())) {
    assert.ok(part.length > 0);
    break;
  }
});
