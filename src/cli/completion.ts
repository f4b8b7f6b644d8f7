import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../lib/context';
import { findCommand, findGroup, wordsOf } from './command-table';
import type { CommandRow } from './command-table';
import type { Command, OptionDefinition } from './define-command';
import { globalOptions } from './global-options';

/** One word that may be completed to; `:files` asks the shell for file names. */
export interface Candidate {
  word: string;
  description?: string;
}

const FILES: Candidate = { word: ':files' };

/** The candidates for the last of `words` (which may be empty), the words before it being what was typed. */
export async function completeWords(ctx: Context, words: readonly string[]): Promise<Candidate[]> {
  const current = words.at(-1) ?? '';
  const typed = words.slice(0, -1);
  const { row, path, rest } = walk(typed);
  if (row?.load === undefined) return matching(commandCandidates(path, current), current);
  const command = (await row.load()).default;
  if (path === 'help') return matching(commandCandidates(rest.join(' '), current), current);
  return matching(argumentCandidates({ ctx, row, command, rest, current }), current);
}

/** The command or group that the typed words name. */
function walk(typed: readonly string[]): { row?: CommandRow; path: string; rest: string[] } {
  const words = typed.filter((word, at) => !word.startsWith('-') || at > 1);
  let path = '';
  for (let at = 0; at < words.length; at++) {
    const next = `${path} ${words[at]}`.trimStart();
    const row = findCommand(next);
    if (row !== undefined) return { row, path: next, rest: words.slice(at + 1) };
    if (findGroup(next) === undefined) break;
    path = next;
  }
  return { path, rest: [] };
}

function commandCandidates(path: string, current: string): Candidate[] {
  if (current.startsWith('-')) return optionCandidates(globalOptions);
  return wordsOf(path)
    .filter((each) => each.ready)
    .map(({ word, summary }) => ({ word, description: summary }));
}

interface Place {
  ctx: Context;
  row: CommandRow;
  command: Command;
  rest: readonly string[];
  current: string;
}

function argumentCandidates({ ctx, row, command, rest, current }: Place): Candidate[] {
  const equals = current.startsWith('--') ? current.indexOf('=') : -1;
  if (equals > 0) {
    const choices = command.options[current.slice(2, equals)]?.choices ?? [];
    return choices.map((choice) => ({ word: `${current.slice(0, equals)}=${choice}` }));
  }
  const option = optionBefore(command, rest.at(-1));
  if (option !== undefined) return option.choices?.map((word) => ({ word })) ?? [FILES];
  if (current.startsWith('-')) return optionCandidates({ ...globalOptions, ...command.options });
  return objectNames(ctx, row.path);
}

/** The option that takes the current word as its value. */
function optionBefore(command: Command, word: string | undefined): OptionDefinition | undefined {
  if (word === undefined || !word.startsWith('-')) return undefined;
  const found = word.startsWith('--')
    ? command.options[word.slice(2)]
    : Object.values(command.options).find((each) => each.short === word.at(-1));
  return found === undefined || found.type === 'boolean' || found.optional !== undefined ? undefined : found;
}

function optionCandidates(options: Readonly<Record<string, OptionDefinition>>): Candidate[] {
  return Object.entries({ ...options })
    .filter(([, option]) => option.hidden !== true && option.refuse === undefined)
    .map(([name, option]) => ({ word: `--${name}`, description: option.description }));
}

/** Names of containers, images or volumes, by the noun of the command. */
function objectNames(ctx: Context, path: string): Candidate[] {
  const { root } = ctx.paths;
  if (path === 'container create' || path === 'container run') return imageNames(root);
  if (path.startsWith('container ')) return namesIn(join(root, 'names'));
  if (path.startsWith('volume ')) return namesIn(join(root, 'volumes'));
  if (path === 'image load' || path === 'image import') return [FILES];
  if (path.startsWith('image ')) return imageNames(root);
  if (path === 'inspect') return [...namesIn(join(root, 'names')), ...imageNames(root)];
  return [FILES];
}

function namesIn(directory: string): Candidate[] {
  try {
    return readdirSync(directory)
      .sort()
      .map((word) => ({ word }));
  } catch {
    return [];
  }
}

/** The names of the images in the OCI index of the store; read here, since no more of it is needed. */
function imageNames(root: string): Candidate[] {
  try {
    const index = JSON.parse(readFileSync(join(root, 'index.json'), 'utf8')) as OciIndex;
    const names = index.manifests.flatMap(
      (each) => each.annotations?.['org.opencontainers.image.ref.name'] ?? [],
    );
    return [...new Set(names)].sort().map((word) => ({ word }));
  } catch {
    return [];
  }
}

interface OciIndex {
  manifests: { annotations?: Record<string, string> }[];
}

function matching(candidates: Candidate[], current: string): Candidate[] {
  return candidates.filter((each) => each === FILES || each.word.startsWith(current));
}
