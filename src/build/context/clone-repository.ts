import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { findProgram } from '../../sys/programs';
import { runProgram } from '../../sys/run-program';
import type { GitAddress } from './git-address';

/** Milliseconds that one call of git may take. */
const PATIENCE = 30 * 60_000;
const QUIET = { GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };

/** Where a repository goes, and how. */
export interface CloneOptions {
  /** A new directory. */
  target: string;
  /** Whether the directory `.git` stays. */
  keepGit?: boolean;
  /** Ends it: the reason is then the error. */
  signal?: AbortSignal;
}

/** What has been fetched. */
export interface ClonedRepository {
  /** The one that is meant. */
  directory: string;
  /** Hexadecimal. */
  commit: string;
}

/**
 * Fetches a repository into a new directory, without its history; files have the mode 0644 or 0755. Errors: `machine`: there is
 * no git; `network`: it failed, in its words; `not-found`: it has no such directory.
 */
export async function cloneRepository(
  ctx: Context,
  { repository, ref, directory }: GitAddress,
  { target, keepGit = false, signal }: CloneOptions,
): Promise<ClonedRepository> {
  const program = findProgram(ctx, 'git');
  if (program === undefined) {
    throw new TspodError('machine', `fetching "${repository}": there is no program "git"`, {
      hint: 'install git, or fetch the repository yourself and give its directory',
    });
  }
  mkdirSync(target, { recursive: true });
  const git = (...args: string[]): Promise<string> =>
    runGit(ctx, [program, '-C', target, ...args], { repository, ...(signal ? { signal } : {}) });
  await git('init', '--quiet');
  try {
    await git('fetch', '--quiet', '--depth=1', '--', repository, ref ?? 'HEAD');
  } catch {
    signal?.throwIfAborted();
    // a server that only has files knows no depth
    await git('fetch', '--quiet', '--', repository, ref ?? 'HEAD');
  }
  await git('-c', 'advice.detachedHead=false', 'checkout', '--quiet', 'FETCH_HEAD');
  await git('submodule', 'update', '--quiet', '--init', '--recursive', '--depth=1');
  const commit = (await git('rev-parse', 'HEAD')).trim();
  if (!keepGit) rmSync(join(target, '.git'), { recursive: true, force: true });
  return { directory: requireDirectory(target, directory, repository), commit };
}

async function runGit(
  ctx: Context,
  words: string[],
  { repository, signal }: { repository: string; signal?: AbortSignal },
): Promise<string> {
  // nobody could answer a question of git
  const env = { GIT_HTTP_LOW_SPEED_LIMIT: '1', GIT_HTTP_LOW_SPEED_TIME: '60', ...ctx.env, ...QUIET };
  const options = { input: '', env, timeout: PATIENCE, ...(signal ? { signal } : {}) };
  const { exitCode, stdout, stderr } = await runProgram(
    '/bin/sh',
    ['-c', 'umask 022; exec "$@"', 'sh', ...words],
    options,
  );
  if (exitCode === 0) return stdout;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  throw new TspodError(
    'network',
    `fetching "${withoutAccount(repository)}": git: ${said || `status ${exitCode}`}`,
  );
}

/** Credentials do not belong into messages. */
function withoutAccount(repository: string): string {
  return repository.replace(/\/\/[^/@]*@/, '//');
}

function requireDirectory(target: string, directory: string | undefined, repository: string): string {
  if (directory === undefined) return target;
  const path = join(target, directory);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new TspodError('not-found', `"${withoutAccount(repository)}" has no directory "${directory}"`);
}
