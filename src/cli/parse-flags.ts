import { TspodError } from '../lib/errors';
import type { OptionDefinition, OptionTable } from './define-command';
import { addListValue, parseFlagValue } from './flag-value';
import type { FlagValue } from './flag-value';
import { didYouMean } from './suggestion';

/** What the scanner reads from: the command's own options, and the global ones in their long form. */
export interface FlagGrammar {
  options: OptionTable;
  global?: OptionTable;
  /** False: the first positional argument ends the options. Default true. */
  interspersed?: boolean;
  /** The command as the user spoke it, for messages: `tspod container run`. */
  command: string;
}

/** What was read. An option that was not given is absent, or has its default; an absent list is empty. */
export interface ParsedFlags {
  flags: Record<string, FlagValue | undefined>;
  /** Global options that were given. */
  global: Record<string, FlagValue | undefined>;
  args: string[];
  /** Whether `--help` or `-h` was among them. */
  help: boolean;
}

/** One option as it was found: its long name, and the record that takes its value. */
interface Found {
  name: string;
  option: OptionDefinition;
  into: Record<string, FlagValue | undefined>;
}

interface Scan extends ParsedFlags {
  grammar: FlagGrammar;
  argv: readonly string[];
  next: number;
}

/**
 * Reads options as Go's pflag does: `-it`, `-eA=b`, `-e A=b`, `--name=x`, `--name x`, `--rm=false`, `--`.
 * Written by hand because it is on the path of every `run`: loading yargs costs more than the rest of the start.
 * Throws a usage error that names the option and the help to read.
 */
export function parseFlags(grammar: FlagGrammar, argv: readonly string[]): ParsedFlags {
  const scan: Scan = { grammar, argv, next: 0, flags: {}, global: {}, args: [], help: false };
  while (scan.next < argv.length) {
    const word = argv[scan.next++] as string;
    if (word === '--') {
      scan.args.push(...argv.slice(scan.next));
      break;
    }
    if (word.startsWith('--')) readLong(scan, word);
    else if (word.length > 1 && word.startsWith('-')) readShorts(scan, word);
    else {
      scan.args.push(word);
      if (grammar.interspersed !== false) continue;
      scan.args.push(...argv.slice(scan.next));
      break;
    }
  }
  applyDefaults(grammar.options, scan.flags);
  return { flags: scan.flags, global: scan.global, args: scan.args, help: scan.help };
}

function readLong(scan: Scan, word: string): void {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  if (name === '') throw flagError(scan.grammar, `bad flag syntax: ${word}`);
  const given = equals < 0 ? undefined : word.slice(equals + 1);
  const found = findLong(scan, name);
  if (found === undefined) {
    if (name === 'help') scan.help = given !== 'false';
    else throw unknownFlag(scan.grammar, name);
    return;
  }
  const value = given ?? bareValue(found.option) ?? scan.argv[scan.next++];
  if (value === undefined) throw flagError(scan.grammar, `flag needs an argument: --${name}`);
  store(scan, found, value);
}

function readShorts(scan: Scan, word: string): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] as string;
    const found = findShort(scan, letter);
    if (found === undefined) {
      if (letter !== 'h') throw flagError(scan.grammar, `unknown shorthand flag: '${letter}' in ${word}`);
      scan.help = true;
      continue;
    }
    const rest = word.slice(at + 1);
    const bare = bareValue(found.option);
    if (rest.startsWith('=')) return store(scan, found, rest.slice(1));
    if (bare !== undefined) {
      store(scan, found, bare);
      continue;
    }
    const value = rest === '' ? scan.argv[scan.next++] : rest;
    if (value === undefined) throw flagError(scan.grammar, `flag needs an argument: '${letter}' in ${word}`);
    return store(scan, found, value);
  }
}

/** The value of an option that is given without one; undefined when it needs one. */
function bareValue(option: OptionDefinition): string | undefined {
  return option.type === 'boolean' ? 'true' : option.optional;
}

function findLong(scan: Scan, name: string): Found | undefined {
  const { options, global = {} } = scan.grammar;
  return findIn(options, name, scan.flags) ?? findIn(global, name, scan.global);
}

function findIn(table: OptionTable, name: string, into: Found['into']): Found | undefined {
  if (Object.hasOwn(table, name)) return { name, option: table[name] as OptionDefinition, into };
  for (const [main, option] of Object.entries(table)) {
    if (option.aliases?.includes(name)) return { name: main, option, into };
  }
  return undefined;
}

function findShort(scan: Scan, letter: string): Found | undefined {
  for (const [name, option] of Object.entries(scan.grammar.options)) {
    if (option.short === letter) return { name, option, into: scan.flags };
  }
  return undefined;
}

function store(scan: Scan, { name, option, into }: Found, text: string): void {
  if (option.refuse !== undefined) {
    throw new TspodError('unsupported', `the option --${name} is not supported: ${option.refuse}`);
  }
  if (option.type === 'list') {
    into[name] = addListValue(into[name] as string[] | undefined, option, text);
    return;
  }
  const parsed = parseFlagValue(option, text);
  if ('problem' in parsed) {
    const spoken = option.short === undefined ? `--${name}` : `-${option.short}, --${name}`;
    throw flagError(scan.grammar, `invalid argument "${text}" for "${spoken}" flag: ${parsed.problem}`);
  }
  into[name] = parsed.value;
}

function applyDefaults(options: OptionTable, flags: ParsedFlags['flags']): void {
  for (const name in options) {
    if (flags[name] !== undefined) continue;
    const option = options[name] as OptionDefinition;
    if (option.type === 'list') flags[name] = [];
    else if (option.default !== undefined) flags[name] = option.default;
  }
}

function unknownFlag(grammar: FlagGrammar, name: string): TspodError {
  const names = [...visibleNames(grammar.options), ...visibleNames(grammar.global ?? {}), 'help'];
  const suggestion = didYouMean(name, names, (each) => `--${each}`);
  return flagError(grammar, `unknown flag: --${name}`, suggestion);
}

function visibleNames(options: OptionTable): string[] {
  return Object.keys(options).filter((name) => !options[name]?.hidden);
}

function flagError(grammar: FlagGrammar, message: string, suggestion = ''): TspodError {
  return new TspodError('usage', message, { hint: `${suggestion}See '${grammar.command} --help'` });
}
