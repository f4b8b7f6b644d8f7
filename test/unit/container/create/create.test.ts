import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import test from 'node:test';
import { makeContainer } from '../../../../src/container/create/create';
import { containerPaths } from '../../../../src/container/paths';
import { makeSandbox, optionsOf, type Sandbox } from '../sandbox';

function create({ ctx, rootfs }: Sandbox, argv: string[], command = ['true']) {
  const options = optionsOf(ctx, ['--network', 'none', ...argv, '--rootfs', rootfs, ...command]);
  return makeContainer(ctx, { asked: options, image: undefined, createCommand: ['tspod', 'create'] });
}

function names(path: string): string[] {
  return existsSync(path) ? readdirSync(path).sort() : [];
}

test('a container is a directory with its record, and a name that leads to it', (t) => {
  const sandbox = makeSandbox(t);
  const record = create(sandbox, ['--name', 'box']);
  const { root } = sandbox.ctx.paths;
  assert.match(record.id, /^[0-9a-f]{64}$/);
  assert.equal(readlinkSync(`${root}/names/box`), record.id);
  const paths = containerPaths(sandbox.ctx, record.id);
  assert.deepEqual(names(paths.directory), ['merged', 'record.json', 'upper', 'work']);
  assert.deepEqual(JSON.parse(readFileSync(paths.record, 'utf8')), record);
  assert.equal(statSync(paths.upper).mode & 0o777, statSync(sandbox.rootfs).mode & 0o777);
  assert.deepEqual(names(`${root}/tmp`), []);
  assert.match(record.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
});

test('a name in use is told with who has it, and leaves nothing behind', (t) => {
  const sandbox = makeSandbox(t);
  const first = create(sandbox, ['--name', 'box']);
  assert.throws(() => create(sandbox, ['--name', 'box']), {
    code: 'exists',
    message: new RegExp(`the container name "box" is already in use by ${first.id}`),
  });
  assert.deepEqual(names(`${sandbox.ctx.paths.root}/containers`), [first.id]);
});

test('a name that leads nowhere is taken over', (t) => {
  const sandbox = makeSandbox(t);
  const { root } = sandbox.ctx.paths;
  mkdirSync(`${root}/names`, { recursive: true });
  symlinkSync('0'.repeat(64), `${root}/names/box`);
  const record = create(sandbox, ['--name', 'box']);
  assert.equal(readlinkSync(`${root}/names/box`), record.id);
});

test('containers without a name get different ones', (t) => {
  const sandbox = makeSandbox(t);
  const found = [1, 2, 3].map(() => create(sandbox, []).name);
  assert.equal(new Set(found).size, 3);
  for (const name of found) assert.match(name, /^[a-z]+_[a-z]+\d*$/);
});

test('what is wrong is told before anything is made', (t) => {
  const sandbox = makeSandbox(t);
  const cases: [string[], RegExp][] = [
    [['-v', '/nope:/x'], /statfs \/nope: no such file or directory/],
    [['--device', '/dev/nope'], /stat \/dev\/nope: no such file or directory$/],
    [['--device', '/etc/passwd'], /is not a device/],
    [['--tz', 'No/Where'], /unknown time zone No\/Where/],
    [['--tz', '../../etc/passwd'], /unknown time zone/],
    [['--pid', 'container:nope'], /share pid namespace with: no container with name or ID "nope" found/],
    [['--stop-signal', 'BOGUS'], /invalid signal: BOGUS/],
  ];
  for (const [argv, message] of cases)
    assert.throws(() => create(sandbox, ['-v', 'data:/d', ...argv]), { message });
  assert.deepEqual(names(`${sandbox.ctx.paths.root}/containers`), []);
  assert.deepEqual(names(`${sandbox.ctx.paths.root}/volumes`), []);
});

test('nothing to run is an error', (t) => {
  assert.throws(() => create(makeSandbox(t), [], []), /no command or entrypoint provided/);
});

test('an entrypoint goes before the command', (t) => {
  const record = create(makeSandbox(t), ['--entrypoint', '["a","b"]'], ['c']);
  assert.deepEqual(
    [record.process.argv, record.entrypoint, record.command],
    [['a', 'b', 'c'], ['a', 'b'], ['c']],
  );
});

test('anonymous volumes get names, and are remembered', (t) => {
  const sandbox = makeSandbox(t);
  const record = create(sandbox, ['-v', '/data', '-v', 'named:/n']);
  const [anonymous = ''] = record.anonymousVolumes;
  assert.match(anonymous, /^[0-9a-f]{64}$/);
  assert.deepEqual(names(`${sandbox.ctx.paths.root}/volumes`), [anonymous, 'named'].sort());
});

test('ports without a network of its own are dropped with a warning', (t) => {
  const sandbox = makeSandbox(t);
  const record = create(sandbox, ['-p', '8080:80']);
  assert.deepEqual(record.ports, []);
  assert.match(sandbox.messages.join('\n'), /warn: Port mappings have been discarded/);
});

test('a joined container is kept by its full id', (t) => {
  const sandbox = makeSandbox(t);
  const first = create(sandbox, ['--name', 'first']);
  const second = create(sandbox, ['--pid', 'container:first']);
  assert.deepEqual(second.options.namespaces.pid, { kind: 'container', target: first.id });
});
