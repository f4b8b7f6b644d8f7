import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, SpawnSyncReturns } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../helpers/project';

const USER = { uid: 1001, gid: 1001 };
const HOME_PARENT = '/home/peer';

/** tspod or Podman, with a home of its own, run as the unprivileged user. */
export interface Engine {
  name: string;
  /** Its own home. */
  home: string;
  /** Runs a command and returns its standard output; throws when it fails. */
  run(...args: string[]): string;
  /** Runs a command and returns the milliseconds that it took; throws when it fails. */
  time(...args: string[]): number;
  /** 0, 1, 2 ...: how often it was asked about this word before. */
  count(word: string): number;
  /** Starts a command whose end is not waited for. */
  start(...args: string[]): ChildProcess;
  /** Removes every container, and the home. */
  close(): void;
}

/** Both engines, each in a fresh home. */
export function openEngines(): [tspod: Engine, podman: Engine] {
  return [openEngine('tspod', join(project, 'bin/tspod')), openEngine('podman', 'podman')];
}

/** Gives Podman the embedded image too, and lets each engine make what only its first container needs. */
export function warmUp([tspod, podman]: readonly [Engine, Engine]): void {
  podman.run('load', '-q', '-i', join(project, 'dist/busybox.tar'));
  for (const engine of [tspod, podman])
    engine.run('run', '--rm', '--network', 'none', 'localhost/busybox', 'true');
}

function openEngine(name: string, program: string): Engine {
  const home = mkdtempSync(join(HOME_PARENT, `bench-${name}-`));
  const runtime = `/run/user/${USER.uid}/${name}`;
  mkdirSync(runtime, { mode: 0o700 });
  for (const path of [home, runtime]) chownSync(path, USER.uid, USER.gid);
  const env = {
    HOME: home,
    USER: 'peer',
    LOGNAME: 'peer',
    XDG_RUNTIME_DIR: runtime,
    PATH: process.env['PATH'] ?? '',
  };
  const options = { ...USER, env, cwd: home } as const;
  const run = (args: string[]): string => {
    const result = spawnSync(program, args, {
      ...options,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1e8,
    });
    check(name, args, result);
    return result.stdout;
  };
  const counts = new Map<string, number>();
  return {
    name,
    home,
    count: (word) => {
      const before = counts.get(word) ?? 0;
      counts.set(word, before + 1);
      return before;
    },
    run: (...args) => run(args),
    time: (...args) => {
      const start = process.hrtime.bigint();
      const result = spawnSync(program, args, {
        ...options,
        encoding: 'utf8',
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const took = Number(process.hrtime.bigint() - start) / 1e6;
      check(name, args, result);
      return took;
    },
    start: (...args) => spawn(program, args, { ...options, stdio: 'ignore' }),
    close: () => {
      spawnSync(program, ['rm', '--all', '--force', '--time', '0'], { ...options, stdio: 'ignore' });
      endPauseProcess(runtime);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

// Podman leaves a process behind that keeps its user namespace.
function endPauseProcess(runtime: string): void {
  try {
    process.kill(Number(readFileSync(join(runtime, 'libpod/tmp/pause.pid'), 'utf8')), 'SIGKILL');
  } catch {
    // There is none.
  }
}

function check(name: string, args: readonly string[], result: SpawnSyncReturns<string>): void {
  if (result.status === 0) return;
  const why = result.error?.message ?? `exit status ${result.status ?? result.signal}`;
  throw new Error(`${name} ${args.slice(0, 8).join(' ')}: ${why}\n${result.stderr ?? ''}`);
}
