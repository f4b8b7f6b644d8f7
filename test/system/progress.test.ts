import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { tspodProgram } from '../helpers/project';
import { randomLayer } from '../helpers/publish-image';
import { openPullBench, plain } from '../helpers/pull-bench';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const { server, publish, withServer } = await openPullBench();

/** What tspod writes to a terminal that script(1) makes. */
async function onTerminal(...args: string[]): Promise<string> {
  const command = ['stty cols 80;', 'exec', tspodProgram, ...args].join(' ');
  return (await runTspod(['-qec', command, '/dev/null'], { program: 'script' })).stdout;
}

test(
  'pull draws a line for each layer on a terminal, which grows, and prints plain lines elsewhere',
  withServer(async () => {
    const layers = [await randomLayer(1_000_000), await randomLayer(1_000_000)];
    const image = await publish({ layers });
    server.fault({
      path: /\/blobs\//,
      answer: (_request, normal) => ({ ...normal, pieces: 250_000, pause: 250 }),
    });
    const drawn = await onTerminal('pull', plain, image.name);
    assert.match(drawn, /\x1b\[[12]A\x1b\[J/, 'it is drawn over');
    const sizes = drawn.matchAll(/Copying blob ([0-9a-f]{12}) \[[=-]{24}\] ([\d.]+[kM]?B) \/ 1MB\r\n/g);
    const seen = new Map<string, Set<string>>();
    for (const [, digest = '', got = ''] of sizes) seen.set(digest, (seen.get(digest) ?? new Set()).add(got));
    assert.equal(seen.size, 2, drawn);
    for (const steps of seen.values()) assert.ok(steps.size > 1, drawn);
    assert.equal(drawn.match(/Copying blob [0-9a-f]{12} done {3}\| 1MB\r\n/g)?.length, 2, drawn);
    assert.ok(drawn.endsWith(`${image.id}\r\n`), drawn);
    for (const line of drawn.match(/Copying blob .*/g) ?? []) assert.ok(line.length < 80, line);
    await runTspod(['rmi', image.id]);
    server.clear();
    const { stdout, stderr } = await runTspod(['pull', plain, image.name]);
    assert.equal(stdout, `${image.id}\n`);
    assert.match(
      stderr,
      /^Trying to pull .*\.\.\.\nGetting image source signatures\n(Copying (blob|config) sha256:[0-9a-f]{64}\n){3}Writing manifest to image destination\n$/,
    );
  }),
);

const DRAWN = /\[[=-]{24}\] [\d.]+[kM]?B \/ [\d.]+[kM]?B\r\n[\s\S]*\x1b\[1A\x1b\[J/;
const CONFIG = 'Copying config sha256:[0-9a-f]{64}\n';
const END = `${CONFIG}Writing manifest to image destination\n$`;

test('save and import draw how far they are on a terminal, and print plain lines elsewhere', async () => {
  const [folder, name] = [testFolder('progress'), uniqueName('progress')];
  const archive = join(folder, 'root.tar');
  await runTspod(['create', '--name', name, 'busybox']);
  await runTspod(['export', '-o', archive, name]);
  assert.match(await onTerminal('save', '-o', join(folder, 'drawn.tar'), 'busybox'), DRAWN);
  const drawn = await onTerminal('import', archive, name);
  assert.match(drawn, DRAWN);
  assert.match(drawn, /Copying blob root\.tar done {3}\| /);
  const saved = await runTspod(['save', '-o', join(folder, 'plain.tar'), 'busybox']);
  assert.match(saved.stderr, new RegExp(`^Copying blob sha256:[0-9a-f]{64}\n${END}`));
  const begin = '^Getting image source signatures\nCopying blob sha256:[0-9a-f]{64}\n';
  assert.match((await runTspod(['import', archive, name])).stderr, new RegExp(begin + END));
  assert.equal((await runTspod(['import', '-q', archive, name])).stderr, '');
  assert.equal((await runTspod(['save', '-q', '-o', join(folder, 'q.tar'), 'busybox'])).stderr, '');
  for (const noun of ['rm', 'rmi']) await runTspod([noun, name]);
});

test('commit tells of its steps, unless it is to be quiet', async () => {
  const name = uniqueName('progress');
  await runTspod(['create', '--name', name, 'busybox']);
  const { stdout, stderr } = await runTspod(['commit', name, name]);
  assert.match(stdout, /^[0-9a-f]{64}\n$/);
  const skipped = 'Copying blob sha256:[0-9a-f]{64} skipped: already exists\n';
  const lines = `^Getting image source signatures\n${skipped}Copying blob sha256:[0-9a-f]{64}\n${END}`;
  assert.match(stderr, new RegExp(lines));
  assert.equal((await runTspod(['commit', '-q', name, name])).stderr, '');
  for (const noun of ['rm', 'rmi']) await runTspod([noun, name]);
});
