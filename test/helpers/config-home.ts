import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Context } from '../../src/lib/context';

/** A home with configuration files, and what was logged about them. */
export interface ConfigHome {
  home: string;
  ctx: Context;
  /** `level: message`. */
  said: string[];
  /** Writes a file below the home (or at an absolute path) and returns its path. */
  write(path: string, text: string, mode?: number): string;
}

/** Runs `work` with a user of id 1000 in a new home, which is removed afterwards. */
export async function inConfigHome<T>(
  work: (at: ConfigHome) => Promise<T> | T,
  env: (home: string) => Record<string, string> = () => ({}),
): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'tspod-conf-'));
  const said: string[] = [];
  const ctx = {
    ...{ uid: 1000, gid: 1000, user: 'somebody', home, hasIds: false },
    env: { PATH: process.env['PATH'], XDG_RUNTIME_DIR: home, ...env(home) },
    paths: { cache: join(home, 'cache'), runRoot: join(home, 'run'), root: join(home, 'root') },
    log: (level: string, message: string) => void said.push(`${level}: ${message}`),
  } as unknown as Context;
  const write = (path: string, text: string, mode = 0o644): string => {
    const full = path.startsWith('/') ? path : join(home, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text, { mode });
    return full;
  };
  try {
    return await work({ home, ctx, said, write });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
