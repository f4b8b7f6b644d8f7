import { readFlags } from './flag-values';
import type { FlagTable, FlagValues } from './flag-values';
import { parseHeredocWord } from './heredoc';
import { parseJsonList } from './json-list';
import { languageError } from './language-error';
import { splitAtBlanks } from './split-words';
import { baseOf } from './statement';
import type { Statement } from './statement';
import type { AddInstruction, CopyInstruction, Heredoc, RawWord } from './types';

const SHARED: FlagTable = { chown: 'value', chmod: 'value', link: 'boolean', exclude: 'list' };
const COPY_FLAGS: FlagTable = { ...SHARED, from: 'value', parents: 'boolean' };
const ADD_FLAGS: FlagTable = {
  ...SHARED,
  checksum: 'value',
  'keep-git-dir': 'boolean',
  unpack: 'boolean',
};

/** `COPY`. */
export function parseCopy(statement: Statement): CopyInstruction<RawWord> {
  const flags = readFlags(statement, COPY_FLAGS);
  const from = flags.value('from');
  return {
    ...sharedParts(statement, flags),
    kind: 'copy',
    ...(from === undefined ? {} : { from }),
    parents: flags.boolean('parents') ?? false,
  };
}

/** `ADD`. */
export function parseAdd(statement: Statement): AddInstruction<RawWord> {
  const flags = readFlags(statement, ADD_FLAGS);
  const checksum = flags.value('checksum');
  const unpack = flags.boolean('unpack');
  return {
    ...sharedParts(statement, flags),
    kind: 'add',
    ...(checksum === undefined ? {} : { checksum }),
    keepGitDir: flags.boolean('keep-git-dir') ?? false,
    ...(unpack === undefined ? {} : { unpack }),
  };
}

function sharedParts(statement: Statement, flags: FlagValues) {
  const { keyword, line, start } = statement;
  const words = parseJsonList(line, start) ?? splitAtBlanks(line, start);
  const destination = words.pop();
  if (destination === undefined || words.length === 0) {
    const hint = `write it as in: ${keyword} SOURCE DESTINATION`;
    throw languageError(destination?.at ?? statement.at, `${keyword} needs a source and a destination`, hint);
  }
  if (parseHeredocWord(destination.raw)) {
    throw languageError(destination.at, `a here-document cannot be the destination of ${keyword}`);
  }
  const chown = flags.value('chown');
  const chmod = flags.value('chmod');
  return {
    ...baseOf(statement),
    ...divideSources(words, statement.heredocs),
    destination,
    ...(chown === undefined ? {} : { chown }),
    ...(chmod === undefined ? {} : { chmod }),
    link: flags.boolean('link') ?? false,
    exclude: flags.list('exclude'),
  };
}

function divideSources(words: RawWord[], heredocs: Heredoc[]): { sources: RawWord[]; heredocs: Heredoc[] } {
  const sources = words.filter(({ raw }) => heredocs.length === 0 || !parseHeredocWord(raw));
  return { sources, heredocs };
}
