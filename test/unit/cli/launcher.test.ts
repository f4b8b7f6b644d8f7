import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
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

/** As scripts/build.mjs writes it: a line with the lengths of the parts and their first modules, and the parts, here of one each. */
function writeBundle(top: string, ...[first = '', second = '', third = '']: string[]): void {
  const handed = '__get,require,__toESM,__tspodUrl,__filename,__dirname';
  const parts = [first, second, third].map(
    (body, number) => `(function(${handed}){return{${number}:(exports,module)=>{${body}\n}}})`,
  );
  const padded = (count: number, width: number) => String(count).padStart(width, '0');
  const heads = parts.map(({ length }, number) => `${padded(length, 12)}:${padded(number, 6)}`);
  writeFileSync(join(top, 'dist/tspod.cjs'), `//${heads.join(' ')}\n${parts.join('\n')}\n`);
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

test('the first run keeps the modules, the second their code; both for the user alone, and then nothing is written', (t) => {
  const { top, cache, command } = install(t, ECHO);
  const kept = [1, 2, 3].map(() => {
    start(command, join(top, 'cache'), 'ps');
    const [name = '', ...others] = readdirSync(cache);
    assert.match(name, /^code-ps-.*\.bin$/);
    assert.deepEqual(others, []);
    return statSync(join(cache, name));
  });
  assert.deepEqual(
    kept.map(({ mode }) => mode & 0o777),
    [0o600, 0o600, 0o600],
  );
  const [first, second, third] = kept;
  assert.ok((second?.size ?? 0) > (first?.size ?? 0));
  assert.equal(third?.ino, second?.ino);
});

test('a module of another part is read when it is asked for, once, and is kept with the others', (t) => {
  const { top, cache, command } = install(t, undefined);
  writeBundle(
    top,
    'if (process.argv.includes("more")) console.log(__get(2).less(__get(1).more(41)) + __get(1).more(0));',
    'console.log("one"); exports.more = (n) => n + 1;',
    'module.exports = { less: (n) => n - 1 };',
  );
  const more = () => start(command, join(top, 'cache'), 'ps', 'more').out;
  const less = () => start(command, join(top, 'cache'), 'ps').out;
  assert.deepEqual(
    [less(), less(), more(), more(), more(), less()],
    ['', '', ...Array(3).fill('one\n42\n'), ''],
  );
  const selection = (): string => readFileSync(join(cache, readdirSync(cache)[0] ?? ''), 'latin1');
  for (const text of ['__get(2).less', 'exports.more', 'n - 1']) assert.ok(selection().includes(text), text);
});

test('what one run needs and another does not stays kept', (t) => {
  const { top, cache, command } = install(t, undefined);
  writeBundle(top, '__get(process.argv.includes("b") ? 2 : 1);', 'console.log("a");', 'console.log("b");');
  const run = (...words: string[]) => start(command, join(top, 'cache'), 'ps', ...words).out;
  assert.deepEqual([run(), run('b'), run(), run('b')], ['a\n', 'b\n', 'a\n', 'b\n']);
  const file = join(cache, readdirSync(cache)[0] ?? '');
  const { ino } = statSync(file);
  assert.deepEqual([run(), run('b')], ['a\n', 'b\n']);
  assert.equal(statSync(file).ino, ino);
});

test('a command goes on with its own bundle when another one takes its place', (t) => {
  const { top, cache, command } = install(t, undefined);
  writeBundle(
    top,
    'require("node:fs").rmSync(__filename); require("node:fs").writeFileSync(__filename, "another"); __get(2);',
    '',
    'console.log("its own");',
  );
  assert.equal(start(command, join(top, 'cache'), 'ps').out, 'its own\n');
  assert.equal(readdirSync(cache).length, 1);
});

test('what a command needs of the bundle is not read again', (t) => {
  const { top, command } = install(t, ECHO);
  const bundle = join(top, 'dist/tspod.cjs');
  const write = (text: string): void => {
    writeFileSync(bundle, text);
    utimesSync(bundle, 1e9, 1e9);
  };
  write(readFileSync(bundle, 'latin1'));
  start(command, join(top, 'cache'), 'ps');
  write(' '.repeat(statSync(bundle).size));
  assert.equal(start(command, join(top, 'cache'), 'ps').status, 3);
});

for (const [what, broken] of [
  ['of something else', () => 'rubbish'],
  ['whose source is none', (text) => text.replace('return{', '}}}}}}}')],
  ['that was cut off', (text) => text.slice(0, -10)],
  ['with a broken code', (text) => text.replace(/\n[^]{200}/, `\n${'x'.repeat(200)}`)],
] satisfies [string, (text: string) => string][]) {
  test(`a file ${what} in the place of a selection is replaced`, (t) => {
    const { top, cache, command } = install(t, ECHO);
    for (const _ of [1, 2]) start(command, join(top, 'cache'), 'ps');
    const file = join(cache, readdirSync(cache)[0] ?? '');
    const whole = readFileSync(file, 'latin1');
    writeFileSync(file, broken(whole), 'latin1');
    for (const _ of [1, 2, 3]) assert.equal(start(command, join(top, 'cache'), 'ps').status, 3);
    const size = statSync(file).size;
    assert.ok(Math.abs(size - whole.length) < 100, `${size} is not about ${whole.length}`);
  });
}

test('a selection of an older bundle goes away', (t) => {
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

test('a command that replaces the process keeps its selection before', (t) => {
  const { top, cache, command } = install(
    t,
    'globalThis.__tspodBeforeExec?.(); process.kill(process.pid, "SIGKILL");',
  );
  start(command, join(top, 'cache'), 'run');
  assert.match(readdirSync(cache)[0] ?? '', /^code-run-/);
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
