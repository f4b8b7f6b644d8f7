import { TspodError } from '../lib/errors';
import { commandRows, findCommand, findGroup, groupRows, wordsOf } from './command-table';
import type { CommandRow, GroupRow } from './command-table';
import type { FlagValue } from './flag-value';
import { globalOptions, rootOptions } from './global-options';
import { parseFlags } from './parse-flags';
import { didYouMean } from './suggestion';

/** What a command line asks for, before the command's own options are read. */
export interface Resolved {
  /** A command, a group whose help is wanted, or nothing: the top level. */
  row?: CommandRow;
  group?: GroupRow;
  /** The words that named it: `container run`. */
  spoken: string;
  /** What follows them. */
  rest: string[];
  global: Record<string, FlagValue | undefined>;
  help: boolean;
}

/**
 * Finds the command that `argv` names, with the global options before it. Throws when there is none of that name.
 * A word that is no group may still lead to an alias: `play kube`.
 */
export function resolveCommand(argv: readonly string[]): Resolved {
  const found: Resolved = { spoken: '', rest: [...argv], global: {}, help: false };
  for (;;) {
    readGlobals(found);
    const word = found.rest[0];
    if (word === undefined || found.help) return found;
    const path = found.spoken === '' ? word : `${found.spoken} ${word}`;
    const group = findGroup(path);
    const row = group === undefined ? findCommand(path) : undefined;
    if (row === undefined && group === undefined && !leads(path, found.rest[1]))
      throw unknownCommand(found.spoken, word);
    found.spoken = path;
    found.rest.shift();
    if (row !== undefined) return { ...found, row };
    if (group !== undefined) found.group = group;
  }
}

/** Whether two words name a command of which the first one alone is neither a command nor a group. */
function leads(path: string, next: string | undefined): boolean {
  return next !== undefined && findCommand(`${path} ${next}`) !== undefined;
}

function readGlobals(found: Resolved): void {
  const options = found.spoken === '' ? rootOptions : globalOptions;
  const command = `tspod ${found.spoken}`.trimEnd();
  const parsed = parseFlags({ options, command, interspersed: false }, found.rest);
  for (const [name, value] of Object.entries(parsed.flags)) {
    const isDefault = value === (options as Record<string, { default?: unknown }>)[name]?.default;
    if (!isDefault || found.global[name] === undefined) found.global[name] = value;
  }
  found.help ||= parsed.help;
  found.rest = parsed.args;
}

function unknownCommand(group: string, word: string): TspodError {
  const command = `tspod ${group}`.trimEnd();
  const suggestion = didYouMean(
    word,
    wordsOf(group).map((each) => each.word),
    (name) => `"${command} ${name}"`,
  );
  return new TspodError('usage', `unrecognized command \`${command} ${word}\``, {
    hint: `${suggestion}Try '${command} --help' for more information`,
  });
}

/** The refusal of a command that Podman has and tspod has not. */
export function refuseCommand(row: CommandRow, spoken: string): TspodError {
  const instead = row.instead === undefined ? '' : `: ${row.instead}`;
  return new TspodError('unsupported', `tspod does not have "${spoken}"${instead}`);
}

/** Every path that may be spoken, aliases and groups included. */
export function allPaths(): string[] {
  return [
    ...commandRows().flatMap((row) => [row.path, ...(row.aliases ?? [])]),
    ...groupRows.map((group) => group.path),
  ];
}
