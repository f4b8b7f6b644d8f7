import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { createContext } from '../../../src/cli/context';
import type { Output } from '../../../src/cli/define-command';

const top = mkdtempSync(join(tmpdir(), 'tspod-context-'));
test.after(() => rmSync(top, { recursive: true }));

const uid = process.getuid?.() ?? 0;
const isRoot = uid === 0;
const said: string[] = [];
const output = { note: (line: string) => said.push(line) } as unknown as Output;

test('the paths follow the XDG variables, or those of root', () => {
  const env = { HOME: '/home/x', XDG_DATA_HOME: '/data', XDG_CACHE_HOME: '/cache', XDG_RUNTIME_DIR: top };
  const { paths } = createContext(env, {}, output);
  assert.equal(paths.root, isRoot ? '/var/lib/tspod' : '/data/tspod');
  assert.equal(paths.runRoot, isRoot ? '/run/tspod' : join(top, 'tspod'));
});

test('--root, --runroot, --runtime and --cgroup-manager stand above them', () => {
  const flags = { root: 'store', runroot: '/r', runtime: 'crun', 'cgroup-manager': 'cgroupfs' };
  const ctx = createContext({ HOME: '/home/x' }, flags, output);
  assert.deepEqual([ctx.paths.root, ctx.paths.runRoot], [join(process.cwd(), 'store'), '/r']);
  assert.deepEqual(ctx.overrides, { runtime: 'crun', cgroupManager: 'cgroupfs' });
});

test('nothing is kept below /proc', () => {
  for (const flags of [{ root: '/proc/1/store' }, { root: '/r', runroot: '/proc/r' }])
    assert.throws(() => createContext({ HOME: '/h' }, flags, output), {
      code: 'usage',
      message: /^"\/proc\/.*": nothing can be kept below \/proc$/,
    });
});

test('TSPOD_HELPER names another helper', () => {
  const ctx = createContext({ HOME: '/h', TSPOD_HELPER: '/opt/helper' }, { runroot: '/r' }, output);
  assert.equal(ctx.paths.helper, '/opt/helper');
});

test('the user has the name of the password file, as the C library says it', () => {
  const ctx = createContext({ HOME: '/h', USER: 'somebody-else' }, { runroot: '/r' }, output);
  assert.equal(ctx.user, userInfo().username);
});

test('TSPOD_UID means nothing outside the user namespace of the containers', () => {
  const ctx = createContext({ HOME: '/h', TSPOD_UID: '4242' }, { runroot: '/r' }, output);
  assert.equal(ctx.uid, uid);
});

test('messages below the log level are not said', () => {
  const ctx = createContext({ HOME: '/h' }, { runroot: '/r', 'log-level': 'info' }, output);
  said.length = 0;
  ctx.log('debug', 'a');
  ctx.log('info', 'b');
  ctx.log('error', 'c');
  assert.deepEqual(said, ['Info: b', 'Error: c']);
});

const CANNOT = isRoot ? 'root has /run/tspod: covered as an unprivileged user' : false;

test('without a runtime directory a private one is made in TMPDIR', { skip: CANNOT }, () => {
  const env = { HOME: '/h', TMPDIR: join(top, 'a') };
  mkdirSync(env.TMPDIR);
  const { runRoot } = createContext(env, {}, output).paths;
  if (runRoot.startsWith('/run/user/')) return;
  assert.equal(runRoot, join(env.TMPDIR, `tspod-run-${uid}`));
  assert.equal(statSync(runRoot).mode & 0o777, 0o700);
});

test(
  'a runtime directory that others may enter, or a link, is refused with the cure',
  { skip: CANNOT },
  () => {
    if (createContextFails(join(top, 'b')) === undefined) return;
    for (const spoil of [(path: string) => symlinkSync(top, path), (path: string) => openDirectory(path)]) {
      const folder = mkdtempSync(join(top, 'c-'));
      spoil(join(folder, `tspod-run-${uid}`));
      assert.match(createContextFails(folder) ?? '', /not a private directory/);
    }
  },
);

function openDirectory(path: string): void {
  mkdirSync(path);
  chmodSync(path, 0o755);
}

function createContextFails(folder: string): string | undefined {
  mkdirSync(folder, { recursive: true });
  try {
    const { runRoot } = createContext({ HOME: '/h', TMPDIR: folder }, {}, output).paths;
    return runRoot.startsWith('/run/user/') ? undefined : '';
  } catch (error) {
    return (error as Error).message;
  }
}
