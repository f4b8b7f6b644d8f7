import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { completeWords } from '../../../../src/cli/complete/completion';
import { namesOf } from '../../../../src/cli/complete/object-names';
import type { Context } from '../../../../src/lib/context';

const root = mkdtempSync(join(tmpdir(), 'tspod-complete-'));
test.after(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, 'names'));
for (const name of ['web', 'worker', 'db']) symlinkSync('id', join(root, 'names', name));
mkdirSync(join(root, 'volumes/data'), { recursive: true });
mkdirSync(join(root, 'networks'));
writeFileSync(join(root, 'networks/front.json'), '{}');
mkdirSync(join(root, 'secrets'));
writeFileSync(join(root, 'secrets/secrets.json'), JSON.stringify({ secrets: { a1: { name: 'token' } } }));
const annotations = { 'org.opencontainers.image.ref.name': 'localhost/busybox:latest' };
writeFileSync(join(root, 'index.json'), JSON.stringify({ manifests: [{ annotations }, {}] }));

async function complete(line: string): Promise<string[]> {
  const ctx = { paths: { root } } as Context;
  return (await completeWords(ctx, line.split(' '))).map(({ word }) => word);
}

const CASES: readonly (readonly [string, string[]])[] = [
  ['volume in', ['inspect']],
  ['pu', ['pull', 'push']],
  ['start w', ['web', 'worker']],
  ['start web w', ['worker']],
  ['container stop --time 3 d', ['db']],
  ['stop --time ', []],
  ['run l', ['localhost/busybox:latest']],
  ['run bus', ['busybox:latest']],
  ['run --rm -it busybox ', [':files']],
  ['run -- l', ['localhost/busybox:latest']],
  ['run --pull ne', ['never', 'newer']],
  ['run --pull=ne', ['--pull=never', '--pull=newer']],
  ['run --network container:w', ['container:web', 'container:worker']],
  ['wait --condition h', ['healthy']],
  ['run --network=ho', ['--network=host']],
  ['run -v ', ['data', ':files']],
  ['run -e ', [':files']],
  ['exec web ', [':files']],
  ['exec -it ', ['db', 'web', 'worker']],
  ['kill --signal US', ['USR1', 'USR2']],
  ['volume rm ', ['data']],
  ['cp we', ['web:', ':files']],
  ['cp web:', []],
  ['rename web ', []],
  ['inspect w', ['web', 'worker']],
  ['completion ', ['bash', 'fish', 'zsh']],
  ['completion bash ', []],
  ['--log-level de', ['debug']],
  ['--log-level=de', ['--log-level=debug']],
  ['--log-level debug volume cr', ['create']],
  ['ps --noh', ['--noheading']],
  ['help volume pr', ['prune']],
  ['nosuch ', []],
  ['ps --filter st', ['status=']],
  ['ps -f status=e', ['status=exited']],
  ['ps --filter=status=e', ['--filter=status=exited']],
  ['ps --filter name=w', ['name=web', 'name=worker']],
  ['rm --filter volume=', ['volume=data']],
  ['container prune --filter ', ['label=', 'label!=', 'until=']],
  ['images --filter dangling=t', ['dangling=true']],
  ['images --filter reference=localhost/b', ['reference=localhost/busybox:latest']],
  ['build --ssh ', ['default']],
  ['build --secret ', ['id=']],
  ['events --filter type=s', ['type=secret', 'type=system']],
  ['volume ls --filter nosuch=', []],
  ['secret ls --filter n', ['name=']],
  ['network inspect ', ['front', 'podman']],
  ['run --network fr', ['front']],
];

for (const [line, expected] of CASES) {
  test(`completion of "tspod ${line}"`, async () => {
    assert.deepEqual(await complete(line), expected);
  });
}

test('completion of options leaves out what is refused', async () => {
  const words = await complete('run --');
  assert.ok(words.includes('--network') && words.includes('--log-level'));
  assert.ok(!words.includes('--pod'));
});

test('names of secrets come from the file of the store', () => {
  assert.deepEqual(namesOf.secret(root), [{ word: 'token' }]);
});

test('an empty store completes to nothing', async () => {
  const ctx = { paths: { root: join(root, 'nothing') } } as Context;
  for (const line of ['start ', 'run ', 'volume rm ', 'image rm ']) {
    assert.deepEqual(await completeWords(ctx, line.split(' ')), []);
  }
});
