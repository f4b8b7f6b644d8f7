import type { Context } from '../../lib/context';
import { findCommand, findGroup, wordsOf } from '../command-table';
import type { CommandRow } from '../command-table';
import type { Command, OptionDefinition, OptionTable } from '../define-command';
import { globalOptions, rootOptions } from '../global-options';
import { placeOf } from './argument-names';
import { candidates, FILES } from './candidate';
import type { Candidate } from './candidate';
import { filterValues } from './filter-values';
import { namesOf } from './object-names';
import { optionValues } from './option-values';

/** The candidates for the last of `words` (which may be empty), the words before it being what was typed. */
export async function completeWords(ctx: Context, words: readonly string[]): Promise<Candidate[]> {
  const current = words.at(-1) ?? '';
  const found = walk(words.slice(0, -1));
  const { row, path, rest } = found;
  if (row?.load === undefined) return matching(commandCandidates(ctx, found, current), current);
  if (path === 'help') return matching(commandWords(rest.join(' ')), current);
  const command = (await row.load()).default;
  return matching(argumentCandidates({ ctx, row, command, rest, current }), current);
}

interface Found {
  row?: CommandRow;
  path: string;
  rest: string[];
  /** The global option that the word being typed is the value of. */
  pending?: string;
}

/** The command or group that the typed words name, global options and their values left out. */
function walk(typed: readonly string[]): Found {
  let path = '';
  for (let at = 0; at < typed.length; at++) {
    const word = typed[at] as string;
    if (word.startsWith('-')) {
      const option = optionOf(rootOptions, word);
      if (option === undefined || !takesNext(option.definition, word)) continue;
      at += 1;
      if (at === typed.length) return { path, rest: [], pending: option.name };
      continue;
    }
    const next = `${path} ${word}`.trimStart();
    const row = findCommand(next);
    if (row !== undefined) return { row, path: next, rest: typed.slice(at + 1) };
    if (findGroup(next) === undefined) return { path: next, rest: [] };
    path = next;
  }
  return { path, rest: [] };
}

function commandCandidates(ctx: Context, { path, pending }: Found, current: string): Candidate[] {
  if (pending !== undefined) {
    return optionValues(ctx.paths.root, pending, (rootOptions as OptionTable)[pending] as OptionDefinition);
  }
  if (!current.startsWith('-')) return commandWords(path);
  const valuesOf = ({ name, definition }: Named): Candidate[] =>
    optionValues(ctx.paths.root, name, definition);
  return valuesAfterEquals(rootOptions, current, valuesOf) ?? optionCandidates(rootOptions);
}

function commandWords(path: string): Candidate[] {
  const ready = wordsOf(path).filter((each) => each.ready);
  return ready.map(({ word, summary }) => ({ word, description: summary }));
}

interface Place {
  ctx: Context;
  row: CommandRow;
  command: Command;
  rest: readonly string[];
  current: string;
}

function argumentCandidates({ ctx, row, command, rest, current }: Place): Candidate[] {
  const options: OptionTable = { ...globalOptions, ...command.options };
  const { args, pending, isOver } = positionals(rest, options, command.interspersed !== false);
  const valuesOf = ({ name, definition }: Named, typed: string): Candidate[] =>
    name === 'filter'
      ? filterValues(ctx.paths.root, row.path, typed)
      : optionValues(ctx.paths.root, name, definition);
  if (pending !== undefined) return valuesOf(pending, current);
  if (!isOver && current.startsWith('-')) {
    return valuesAfterEquals(options, current, valuesOf) ?? optionCandidates(options);
  }
  return argumentNames(ctx, { row, command, args, current });
}

/** The arguments among the words, and the option that still waits for its value. */
function positionals(
  words: readonly string[],
  options: OptionTable,
  interspersed: boolean,
): { args: string[]; pending?: Named; isOver: boolean } {
  const args: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word === '--') return { args: [...args, ...words.slice(at + 1)], isOver: true };
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      if (!interspersed) return { args: [...args, ...words.slice(at + 1)], isOver: true };
      continue;
    }
    const option = optionOf(options, word);
    if (option === undefined || !takesNext(option.definition, word)) continue;
    at += 1;
    if (at === words.length) return { args, pending: option, isOver: false };
  }
  return { args, isOver: false };
}

interface Named {
  name: string;
  definition: OptionDefinition;
}

/** The option that a word names; of several letters (`-it`) the last one. */
function optionOf(options: OptionTable, word: string): Named | undefined {
  const long = word.startsWith('--') ? word.slice(2).split('=')[0] : undefined;
  const found = Object.entries(options).find(([name, { short, aliases }]) =>
    long === undefined ? short === word.at(-1) : name === long || aliases?.includes(long) === true,
  );
  return found === undefined ? undefined : { name: found[0], definition: found[1] };
}

/** Whether the next word is the option's value. */
function takesNext({ type, optional }: OptionDefinition, word: string): boolean {
  return type !== 'boolean' && optional === undefined && !word.includes('=');
}

function valuesAfterEquals(
  options: OptionTable,
  current: string,
  valuesOf: (option: Named, typed: string) => Candidate[],
): Candidate[] | undefined {
  const equals = current.startsWith('--') ? current.indexOf('=') : -1;
  if (equals < 0) return undefined;
  const option = optionOf(options, current);
  if (option === undefined) return [];
  const values = valuesOf(option, current.slice(equals + 1));
  const typed = current.slice(0, equals + 1);
  return values.map((each) => (each === FILES ? each : { word: `${typed}${each.word}` }));
}

function optionCandidates(options: OptionTable): Candidate[] {
  return Object.entries(options)
    .filter(([, option]) => option.hidden !== true && option.refuse === undefined)
    .map(([name, option]) => ({ word: `--${name}`, description: option.description }));
}

interface ArgumentPlace {
  row: CommandRow;
  command: Command;
  args: readonly string[];
  current: string;
}

/** Names for the next argument, without those that were already given. */
function argumentNames(ctx: Context, { row, command, args, current }: ArgumentPlace): Candidate[] {
  if (args.length >= (command.args.max ?? Infinity)) return [];
  if (row.path === 'completion') return candidates(['bash', 'fish', 'zsh']);
  const place = placeOf(row.path, args.length);
  const { root } = ctx.paths;
  if (place === 'files') return [FILES];
  if (place === 'words') return [];
  const names =
    place === 'object' ? [...namesOf.container(root), ...namesOf.image(root)] : namesOf[place](root);
  const others = names.filter(({ word }) => !args.includes(word));
  if (row.path === 'container cp') {
    return current.includes(':') ? [] : [...others.map(({ word }) => ({ word: `${word}:` })), FILES];
  }
  return place === 'image' || place === 'object' ? withShortNames(others, current) : others;
}

/** What was typed may be the end of a name too: `busybox:latest` of `localhost/busybox:latest`. */
function withShortNames(names: readonly Candidate[], current: string): Candidate[] {
  const ends =
    current === '' ? [] : names.map(({ word }) => ({ word: word.slice(word.lastIndexOf('/') + 1) }));
  return [...names, ...ends];
}

function matching(found: Candidate[], current: string): Candidate[] {
  const fits = found.filter((each) => each === FILES || each.word.startsWith(current));
  return fits.filter((each, at) => fits.findIndex(({ word }) => word === each.word) === at);
}
