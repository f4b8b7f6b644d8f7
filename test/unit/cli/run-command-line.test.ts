import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { commandRows, groupRows } from '../../../src/cli/command-table';
import type { Output } from '../../../src/cli/define-command';
import { allPaths } from '../../../src/cli/resolve-command';
import { runCommandLine } from '../../../src/cli/run-command-line';

const home = mkdtempSync(join(tmpdir(), 'tspod-cli-'));
test.after(() => rmSync(home, { recursive: true }));

/** Runs one command line and returns its status and what it said. */
async function tspod(...argv: string[]): Promise<{ status: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const output: Output = {
    print: (line) => (out += `${line}\n`),
    write: (text) => (out += String(text)),
    note: (line) => (err += `${line}\n`),
    isTerminal: false,
  };
  const status = await runCommandLine(argv, { HOME: home, XDG_RUNTIME_DIR: home }, output);
  return { status, out, err };
}

test('tspod alone prints its help and says that a command is missing', async () => {
  const { status, out, err } = await tspod();
  assert.equal(status, 125);
  assert.match(out, /Available Commands:[\s\S]*version[\s\S]*--log-level/);
  assert.equal(err, "Error: missing command 'tspod COMMAND'\n");
});

for (const argv of [['--help'], ['-h'], ['help']]) {
  test(`tspod ${argv.join(' ')} prints the help`, async () => {
    const { status, out, err } = await tspod(...argv);
    assert.deepEqual([status, err], [0, '']);
    assert.match(out, /Usage:\n {2}tspod \[options\] \[command\]/);
  });
}

for (const argv of [['--version'], ['-v'], ['--log-level', 'debug', '--version']]) {
  test(`tspod ${argv.join(' ')} prints the version`, async () => {
    assert.deepEqual(await tspod(...argv), { status: 0, out: 'tspod version dev\n', err: '' });
  });
}

test('a group prints its commands, and help for it succeeds', async () => {
  const help = await tspod('container', '--help');
  assert.equal(help.status, 0);
  assert.match(help.out, /^Manage containers\n[\s\S]*tspod container \[command\][\s\S]* {2}rename /);
  assert.equal((await tspod('container')).err, "Error: missing command 'tspod container COMMAND'\n");
  assert.equal((await tspod('help', 'container')).out, help.out);
});

for (const argv of [
  ['version', '--help'],
  ['version', '-h'],
  ['help', 'version'],
]) {
  test(`tspod ${argv.join(' ')} shows the options of the command`, async () => {
    const { status, out } = await tspod(...argv);
    assert.equal(status, 0);
    assert.match(out, /^Display the version\n\nUsage:\n {2}tspod version \[options\]\n[\s\S]*-f, --format/);
  });
}

const WRONG: readonly (readonly [string[], string])[] = [
  [['rn'], 'unrecognized command `tspod rn`'],
  [['container', 'foo'], 'unrecognized command `tspod container foo`'],
  [['--foo'], 'unknown flag: --foo'],
  [['version', '--foo'], 'unknown flag: --foo'],
  [['version', 'x'], '`tspod version` takes no arguments'],
  [['completion'], 'accepts 1 arg(s), received 0'],
  [['completion', 'tcsh'], 'unknown shell "tcsh": expected one of bash, zsh, fish'],
  [['help', 'foo'], 'unknown help topic "foo"'],
  [['--log-level', 'loud', 'version'], 'invalid argument "loud" for "--log-level" flag'],
  [['--remote', 'version'], 'the option --remote is not supported'],
  [['version', '--url', 'x'], 'the option --url is not supported'],
  [['pod', 'create'], 'tspod does not have "pod create"'],
  [['machine', 'os', 'apply'], 'tspod does not have "machine os apply"'],
  [['play', 'kube'], 'tspod does not have "play kube"'],
  [['play', 'cube'], 'unrecognized command `tspod play`'],
  [['kube', 'generate'], 'tspod does not have "kube generate": write Quadlet files'],
  [['farm', 'ls'], 'tspod does not have "farm ls"'],
  [['image', 'sign'], 'tspod does not have "image sign": signatures are not made here'],
  [['system', 'connection', 'ls'], 'tspod does not have "system connection ls": tspod needs no service'],
  [['context', 'use', 'x'], 'tspod does not have "context use": tspod needs no service'],
  [['artifact', 'pull', 'x'], 'tspod does not have "artifact pull": use "oras"'],
  [['machine', 'os', 'update'], 'tspod does not have "machine os update": containers run on this machine'],
  [['kube', 'quadlet', 'x.yaml'], 'tspod does not have "kube quadlet": write Quadlet files'],
  [['buildx', 'create'], 'unrecognized command `tspod buildx create`'],
];

for (const [argv, message] of WRONG) {
  test(`tspod ${argv.join(' ')} fails with status 125 and one line that names the cause`, async () => {
    const { status, err } = await tspod(...argv);
    assert.equal(status, 125);
    assert.ok(err.startsWith(`Error: ${message}`), err);
  });
}

test('an unknown command brings the nearest ones', async () => {
  assert.match((await tspod('rn')).err, /\nDid you mean "tspod rm" or "tspod run"\?\nTry 'tspod --help'/);
});

test('version prints through templates and as JSON', async () => {
  assert.equal((await tspod('version', '--format', '{{.Client.Version}} {{.Version}}')).out, 'dev dev\n');
  const { Client } = JSON.parse((await tspod('version', '-f', 'json')).out) as {
    Client: { Version: string };
  };
  assert.equal(Client.Version, 'dev');
  assert.match((await tspod('version', '--format', '{{json .}}')).out, /^\{"Client":\{[^{}]*\}\}\n$/);
});

for (const shell of ['bash', 'zsh', 'fish']) {
  test(`completion ${shell} prints a script that asks tspod`, async () => {
    assert.match((await tspod('completion', shell)).out, /tspod __complete -- /);
  });
}

test('__complete answers with commands, options and values', async () => {
  assert.equal((await tspod('__complete', '--', 'vers')).out, 'version\tDisplay the version\n');
  assert.match((await tspod('__complete', '--', 'version', '--fo')).out, /^--format\t/);
  assert.match((await tspod('__complete', '--no-desc', '--', 'system', 'in')).out, /^info\ninstall-units\n$/);
});

test('__complete knows the names of volumes', async () => {
  const root = join(home, 'store');
  mkdirSync(join(root, 'volumes/data'), { recursive: true });
  const { out } = await tspod('--root', root, '__complete', '--', 'volume', 'rm', 'd');
  assert.match(out, /^(data\n)?$/);
});

test('a command that is not there says what to use instead', () => {
  const silent = commandRows().filter(({ load, instead }) => load === undefined && instead === undefined);
  assert.deepEqual(
    silent.map(({ path }) => path),
    [],
  );
});

test('every path is spoken once', () => {
  const paths = allPaths();
  assert.deepEqual(
    paths.filter((path, at) => paths.indexOf(path) !== at),
    [],
  );
});

test('every command of a group has its group', () => {
  const groups = new Set(groupRows.map((group) => group.path));
  const parents = commandRows()
    .map((row) => row.path.split(' ').slice(0, -1).join(' '))
    .filter((path) => path !== '');
  assert.deepEqual(
    parents.filter((path) => !groups.has(path)),
    [],
  );
});

test('every command that is there loads, and its options do not contradict each other', async () => {
  for (const row of commandRows()) {
    if (row.load === undefined) continue;
    const { default: command } = await row.load();
    const shorts = Object.values(command.options).flatMap((option) => option.short ?? []);
    assert.deepEqual(
      shorts.filter((short, at) => shorts.indexOf(short) !== at),
      [],
      row.path,
    );
    assert.ok(command.summary !== '', row.path);
  }
});
