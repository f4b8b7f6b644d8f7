import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { TspodError } from '../../lib/errors';
import { kindOf } from './kinds';

/** A file that is to be installed, and where. */
export interface Installation {
  from: string;
  to: string;
}

/**
 * What the installation of these files and directories into `directory` copies. Of a directory everything but hidden files is
 * taken, with the folders of drop-ins. Throws for what does not exist, is no Quadlet file, or is there already and not to be
 * replaced.
 */
export function planInstallation(
  paths: readonly string[],
  { directory, isReplaced }: { directory: string; isReplaced: boolean },
): Installation[] {
  const plan = paths.flatMap((path) => filesOf(path, directory));
  const several = plan.find(({ from }) => from.endsWith('.quadlets'));
  if (several)
    throw new TspodError(
      'unsupported',
      `"${several.from}": files with several Quadlet files in them are not supported`,
      { hint: 'write each part to a file of its own, as NAME.container' },
    );
  if (!plan.some(({ from }) => kindOf(basename(from)) !== undefined))
    throw new TspodError(
      'usage',
      `there is no Quadlet file among ${paths.map((path) => `"${path}"`).join(', ')}`,
      {
        hint: 'their names end with .container, .volume, .network, .image or .build',
      },
    );
  const there = plan.find(({ to }) => existsSync(to));
  if (there && !isReplaced)
    throw new TspodError('exists', `"${there.to}" is there already`, { hint: 'add --replace' });
  return plan;
}

/** Copies; each file is there as a whole or not at all. */
export function copyFiles(plan: readonly Installation[]): void {
  for (const { from, to } of plan) {
    mkdirSync(join(to, '..'), { recursive: true });
    const temporary = join(to, '..', `.${basename(to)}.${process.pid}.tmp`);
    try {
      copyFileSync(from, temporary);
      renameSync(temporary, to);
    } finally {
      rmSync(temporary, { force: true });
    }
  }
}

function filesOf(path: string, directory: string): Installation[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new TspodError('not-found', `there is no file "${path}"`);
  const name = basename(path);
  if (stat.isFile()) return [{ from: path, to: join(directory, name) }];
  if (!stat.isDirectory()) throw new TspodError('usage', `"${path}" is neither a file nor a directory`);
  const inside = name.endsWith('.d') ? join(directory, name) : directory;
  return readdirSync(path)
    .filter((each) => !each.startsWith('.'))
    .sort()
    .flatMap((each) => filesOf(join(path, each), inside));
}
