import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty registry on the loopback device. */
export interface BenchRegistry {
  /** `127.0.0.1:PORT`. */
  host: string;
  stop(): void;
}

let lastPort = 5100;

/** Starts Debian's docker-registry at an address that no engine has seen yet, and waits until it listens. */
export function startBenchRegistry(): BenchRegistry {
  const folder = mkdtempSync(join(tmpdir(), 'bench-registry-'));
  const host = `127.0.0.1:${++lastPort}`;
  const configuration = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') } },
    http: { addr: host },
  };
  const file = join(folder, 'config.yml');
  writeFileSync(file, JSON.stringify(configuration));
  const child = spawn('docker-registry', ['serve', file], { stdio: 'ignore', env: process.env });
  // it ends with the bench at the latest, and does not keep it from ending
  child.unref();
  const end = (): void => stop(child, folder);
  process.once('exit', end);
  awaitPort(lastPort);
  return {
    host,
    stop: () => {
      process.off('exit', end);
      end();
    },
  };
}

function awaitPort(port: number): void {
  const script = `for i in $(seq 100); do (: </dev/tcp/127.0.0.1/${port}) 2>/dev/null && exit 0; sleep 0.05; done; exit 1`;
  if (spawnSync('bash', ['-c', script]).status !== 0) throw new Error('docker-registry does not listen');
}

function stop(child: ChildProcess, folder: string): void {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
