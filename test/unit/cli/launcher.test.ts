import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'node:test';

const LAUNCHER = resolve('bin');

/** An installation of its own: the real launcher, and a bundle that does what the test wants. */
function install(
  t: test.TestContext,
  bundle: string | undefined,
): { top: string; cache: string; command: string } {
  const top = mkdtempSync(join(tmpdir(), 'tspod-launcher-'));
  t.after(() => rmSync(top, { recursive: true }));
  for (const folder of ['bin', 'dist', 'cache']) mkdirSync(join(top, folder), { mode: 0o700 });
  for (const name of ['tspod', 'package.json']) copyFileSync(join(LAUNCHER, name), join(top, 'bin', name));
  if (bundle !== undefined) writeBundle(top, bundle);
  return { top, cache: join(top, 'cache/tspod'), command: join(top, 'bin/tspod') };
}

/** As scripts/build.mjs writes it: a line with the lengths of the parts, and the parts. */
function writeBundle(top: string, body: string, ...[second = '0', third = '0']: string[]): void {
  const first = `(function (exports, require, module, __filename, __dirname, __read) {${body}\n})`;
  const parts = [first, second, third];
  const head = `//${parts.map(({ length }) => String(length).padStart(12, '0')).join(' ')}`;
  writeFileSync(join(top, 'dist/tspod.cjs'), `${[head, ...parts].join('\n')}\n`);
}

function start(
  command: string,
  cacheHome: string,
  ...args: string[]
): { status: number | null; out: string; err: string } {
  const env = { PATH: process.env['PATH'] ?? '', XDG_CACHE_HOME: cacheHome };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    env,
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

const ECHO = 'console.log(__dirname + " " + process.argv.slice(2).join(",")); process.exitCode = 3;';

test('the launcher runs the bundle through symbolic links, with its status', (t) => {
  const { top, command } = install(t, ECHO);
  symlinkSync(command, join(top, 'link'));
  const { status, out } = start(join(top, 'link'), join(top, 'cache'), 'ps', '-a');
  assert.deepEqual([status, out], [3, `${join(top, 'dist')} ps,-a\n`]);
});

test('the code cache is written once, for its user alone, and used afterwards', (t) => {
  const { top, cache, command } = install(t, ECHO);
  start(command, join(top, 'cache'), 'ps');
  const [name = ''] = readdirSync(cache);
  assert.match(name, /^code-ps\.0-.*\.bin$/);
  const first = statSync(join(cache, name));
  assert.equal(first.mode & 0o777, 0o600);
  start(command, join(top, 'cache'), 'ps');
  assert.equal(statSync(join(cache, name)).mtimeMs, first.mtimeMs);
});

test('the other parts of the bundle are read when they are asked for, and have caches of their own', (t) => {
  const { top, cache, command } = install(t, undefined);
  writeBundle(
    top,
    'if (process.argv.includes("more")) console.log(__read(2)(2) + __read(1)(40));',
    '(function (n) { return n + 1; })',
    '(function (n) { return n - 1; })',
  );
  assert.equal(start(command, join(top, 'cache'), 'ps').out, '');
  assert.equal(readdirSync(cache).length, 1);
  for (const _ of [1, 2]) assert.equal(start(command, join(top, 'cache'), 'ps', 'more').out, '42\n');
  assert.deepEqual(
    readdirSync(cache).map((name) => /^code-ps\.\d/.exec(name)?.[0]),
    ['code-ps.0', 'code-ps.1', 'code-ps.2'],
  );
});

test('a broken cache is replaced', (t) => {
  const { top, cache, command } = install(t, ECHO);
  start(command, join(top, 'cache'), 'ps');
  const [name = ''] = readdirSync(cache);
  writeFileSync(join(cache, name), 'rubbish');
  assert.equal(start(command, join(top, 'cache'), 'ps').status, 3);
  assert.ok(statSync(join(cache, name)).size > 100);
});

test('a cache of an older bundle goes away', (t) => {
  const { top, cache, command } = install(t, ECHO);
  start(command, join(top, 'cache'), 'ps');
  const before = readdirSync(cache);
  writeBundle(top, `${ECHO}//newer`);
  start(command, join(top, 'cache'), 'ps');
  const after = readdirSync(cache);
  assert.equal(after.length, 1);
  assert.notDeepEqual(after, before);
});

test('nothing is read from or written to a cache that others may write', (t) => {
  const { top, cache, command } = install(t, ECHO);
  mkdirSync(cache);
  chmodSync(cache, 0o777);
  assert.equal(start(command, join(top, 'cache'), 'ps').status, 3);
  assert.deepEqual(readdirSync(cache), []);
});

test('a command that replaces the process keeps the cache before', (t) => {
  const { top, cache, command } = install(
    t,
    'globalThis.__tspodBeforeExec?.(); process.kill(process.pid, "SIGKILL");',
  );
  start(command, join(top, 'cache'), 'run');
  assert.match(readdirSync(cache)[0] ?? '', /^code-run\.0-/);
});

test('without a cache directory it works all the same', (t) => {
  const { command } = install(t, ECHO);
  assert.equal(start(command, 'not-absolute', 'ps').status, 3);
});

test('a missing bundle is told with the cure', (t) => {
  const { top, command } = install(t, undefined);
  const { status, err } = start(command, join(top, 'cache'), 'ps');
  assert.equal(status, 125);
  assert.match(err, /^Error: ".*dist\/tspod\.cjs" is missing: .*\nhint: run "npm run build" in .*\n$/);
});
