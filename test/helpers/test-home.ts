import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { tspodProgram } from './project';

/** The folders that one test file has for itself. */
export interface TestHome {
  home: string;
  runtime: string;
}

let current: TestHome | undefined;

/** The home of this test file, made at the first call; when the file's tests are over it is emptied and removed. */
export function testHome(): TestHome {
  if (current !== undefined) return current;
  if (process.getuid?.() === 0 && process.env['TSPOD_TEST_PLACES'] !== 'own')
    throw new Error("root's tests would use root's own store: run them through scripts/as-root.sh");
  const home = mkdtempSync(join(homedir(), 'h-'));
  const runtime = mkdtempSync(join(process.env['XDG_RUNTIME_DIR'] ?? tmpdir(), 'r-'));
  current = { home, runtime };
  return current;
}

/** The store of a tspod that runs in this home; it is made by the first command that needs it. */
export function storeRoot(): string {
  return join(testHome().home, '.local/share/tspod');
}

/** The environment of a tspod that runs in this home, without the caller's own variables. */
export function homeEnvironment({ home, runtime }: TestHome = testHome()): Record<string, string> {
  const from = process.env;
  return {
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    PATH: from['PATH'] ?? '/usr/bin:/bin',
    USER: from['USER'] ?? 'tspod-test',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    ...(from['DBUS_SESSION_BUS_ADDRESS'] === undefined
      ? {}
      : { DBUS_SESSION_BUS_ADDRESS: from['DBUS_SESSION_BUS_ADDRESS'] }),
  };
}

/** A new folder inside the home of this test file; removed with it. */
export function testFolder(name = 'f'): string {
  const parent = join(testHome().home, 'tmp');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, `${name}-`));
}

/** Removes a tree that may hold files of subordinate ids. */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    const { status, stderr } = spawnSync('unshare', ['--map-root-user', '--map-auto', 'rm', '-rf', path]);
    if (status !== 0) throw new Error(`removing ${path}: ${String(stderr)}`);
  }
}

after(() => {
  if (current === undefined) return;
  const options = { env: homeEnvironment(current), encoding: 'utf8', timeout: 60_000 } as const;
  const { status, stderr } = spawnSync(tspodProgram, ['rm', '--all', '--force', '--time', '0'], options);
  removeTree(current.runtime);
  removeTree(current.home);
  if (status !== 0) throw new Error(`cleaning up: tspod rm --all --force ended with ${status}: ${stderr}`);
});
