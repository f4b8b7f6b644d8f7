import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { findProgram } from '../../sys/programs';
import { runProgram } from '../../sys/run-program';
import type { GitAddress } from './git-address';

/** Milliseconds that one call of git may take. */
const PATIENCE = 30 * 60_000;

/**
 * Fetches a repository into a new directory, without its history; with `keepGit` the directory `.git` stays. Returns the
 * directory that is meant. Errors: `machine`: there is no git; `network`: it failed, in its words; `not-found`: it has no such
 * directory.
 */
export async function cloneRepository(
  ctx: Context,
  { repository, ref, directory }: GitAddress,
  { target, keepGit = false }: { target: string; keepGit?: boolean },
): Promise<string> {
  const program = findProgram(ctx, 'git');
  if (program === undefined) {
    throw new TspodError('machine', `fetching "${repository}": there is no program "git"`, {
      hint: 'install git, or fetch the repository yourself and give its directory',
    });
  }
  mkdirSync(target, { recursive: true });
  const git = (...args: string[]) => runGit(ctx, program, ['-C', target, ...args], repository);
  await git('init', '--quiet');
  try {
    await git('fetch', '--quiet', '--depth=1', '--', repository, ref ?? 'HEAD');
  } catch {
    // a server that only has files knows no depth
    await git('fetch', '--quiet', '--', repository, ref ?? 'HEAD');
  }
  await git('-c', 'advice.detachedHead=false', 'checkout', '--quiet', 'FETCH_HEAD');
  await git('submodule', 'update', '--quiet', '--init', '--recursive', '--depth=1');
  if (!keepGit) rmSync(join(target, '.git'), { recursive: true, force: true });
  return requireDirectory(target, directory, repository);
}

async function runGit(ctx: Context, program: string, args: string[], repository: string): Promise<void> {
  // nobody could answer a question of git
  const env = { ...ctx.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  const { exitCode, stderr } = await runProgram(program, args, { input: '', env, timeout: PATIENCE });
  if (exitCode === 0) return;
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
