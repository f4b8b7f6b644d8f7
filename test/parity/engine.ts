import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../helpers/project';

/** What one engine made of a command line. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** A home that both engines share, so that both see the same files, each with a store of its own. */
export interface Place {
  home: string;
  env: Record<string, string>;
}

export const engines = ['podman', 'tspod'] as const;
export type EngineName = (typeof engines)[number];

/** Makes a fresh home with the embedded image in both stores. */
export function openPlace(name: string): Place {
  const home = mkdtempSync(join(process.env['HOME'] ?? '/tmp', `parity-${name}-`));
  const programs = join(home, '.programs');
  const runtime = join(process.env['XDG_RUNTIME_DIR'] ?? home, `parity-${process.pid}-${name}`);
  for (const folder of [programs, runtime]) mkdirSync(folder, { mode: 0o700 });
  symlinkSync(join(project, 'bin/tspod'), join(programs, 'tspod'));
  const env = {
    HOME: home,
    USER: process.env['USER'] ?? 'nobody',
    PATH: `${programs}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
    XDG_RUNTIME_DIR: runtime,
    LC_ALL: 'C.UTF-8',
    IMAGE: join(project, 'dist/busybox.tar'),
  };
  const place = { home, env };
  for (const engine of engines) {
    const { code, stderr } = runLine(place, 'ENG load -qi $IMAGE', engine);
    if (code !== 0) throw new Error(`${engine} cannot load the image: ${stderr}`);
  }
  return place;
}

/** The first digits of the host's ports, which both engines open at the same time. */
const PORTS: Readonly<Record<EngineName, string>> = { podman: '18', tspod: '28' };

/** Runs one line of a table, `ENG` being the engine's name, `%O` that of the other one, and `%P` the first digits of its ports; ended after `seconds`. */
export function runLine({ home, env }: Place, line: string, engine: EngineName, seconds = 30): Outcome {
  const other = engine === 'podman' ? 'tspod' : 'podman';
  const script = line.replaceAll('ENG', engine).replaceAll('%O', other).replaceAll('%P', PORTS[engine]);
  const { status, stdout, stderr } = spawnSync('timeout', [String(seconds), 'bash', '-c', script], {
    cwd: home,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1e8,
  });
  return { code: status ?? -1, stdout, stderr };
}

/** Removes what the lines made. */
export function closePlace(place: Place): void {
  for (const line of ['ENG rm -fa -t0', 'ENG volume prune -af', 'ENG system reset -f']) {
    for (const engine of engines) runLine(place, line, engine);
  }

  runLine(place, 'podman unshare rm -rf "$HOME"/.local/share', 'podman');
  // the process that keeps Podman's namespaces
  runLine(place, 'kill "$(cat "$XDG_RUNTIME_DIR/libpod/tmp/pause.pid")"', 'podman');
  rmSync(place.env['XDG_RUNTIME_DIR'] ?? place.home, { recursive: true, force: true });
  rmSync(place.home, { recursive: true, force: true });
}
