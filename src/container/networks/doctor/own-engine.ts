import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../../lib/context';
import { runProgram } from '../../../sys/run-program';

const TIME_LIMIT = 30_000;

/** This program with a store, and so with networks, of its own: nothing of the user's is touched. */
export interface OwnEngine {
  /** Runs a command; its exit status is the caller's to judge. */
  run(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  /** Removes all of it. */
  close(): Promise<void>;
}

/** Makes one. Its store is in the cache directory, where it may be lost at any time. */
export function openOwnEngine(ctx: Context): OwnEngine {
  mkdirSync(ctx.paths.cache, { recursive: true });
  mkdirSync(ctx.paths.runRoot, { recursive: true, mode: 0o700 });
  const root = mkdtempSync(join(ctx.paths.cache, 'doctor-'));
  const runRoot = mkdtempSync(join(ctx.paths.runRoot, 'doctor-'));
  const slirp = ctx.overrides?.slirpPath;
  const places = ['--root', root, '--runroot', runRoot, ...(slirp ? ['--network-cmd-path', slirp] : [])];
  const run: OwnEngine['run'] = async (...words) => {
    const argv = ['--', process.argv[1] ?? '', ...places, ...words];
    const options = { input: '', env: ctx.env, timeout: TIME_LIMIT };
    const { exitCode = 124, stdout, stderr } = await runProgram(process.execPath, argv, options);
    return { code: exitCode, stdout, stderr };
  };
  return {
    run,
    close: async () => {
      await run('rm', '--all', '--force', '--time', '0');
      for (const path of [root, runRoot]) rmSync(path, { recursive: true, force: true });
    },
  };
}
