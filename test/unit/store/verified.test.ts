import assert from 'node:assert/strict';
import test from 'node:test';
import { digestOf } from '../../../src/store/digest';
import { verified } from '../../../src/store/verified';

const digest = digestOf('content');

async function read(texts: readonly string[], size = 7): Promise<string> {
  const chunks = (async function* () {
    for (const text of texts) yield Buffer.from(text);
  })();
  let got = '';
  for await (const chunk of verified(chunks, { digest, size })) got += chunk.toString();
  return got;
}

test('verified() passes on what is as expected', async () => {
  assert.equal(await read(['con', 'tent']), 'content');
});

for (const [what, texts, message] of [
  ['other bytes', ['con', 'tend'], /wrong digest/],
  ['fewer bytes', ['con'], /wrong length: expected 7 bytes, got 3/],
  ['more bytes', ['content', 's'], /wrong length: expected 7 bytes, got more/],
] as const) {
  test(`verified() refuses ${what}`, () => assert.rejects(read(texts), { code: 'invalid', message }));
}
