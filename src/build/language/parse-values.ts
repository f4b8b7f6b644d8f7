import { readFlags } from './flag-values';
import { parseJsonList } from './json-list';
import { languageError } from './language-error';
import { wordOf } from './source-line';
import { splitAtBlanks } from './split-words';
import { baseOf, missingArguments } from './statement';
import type { Statement } from './statement';
import type { ListInstruction, MaintainerInstruction, RawWord, ValueInstruction } from './types';

const KINDS = { USER: 'user', WORKDIR: 'workdir', STOPSIGNAL: 'stopsignal' } as const;
const EXAMPLES = { USER: 'USER app', WORKDIR: 'WORKDIR /app', STOPSIGNAL: 'STOPSIGNAL SIGQUIT' };

/** `USER`, `WORKDIR` and `STOPSIGNAL`: the rest of the line is one value. */
export function parseValue(statement: Statement): ValueInstruction<RawWord> {
  readFlags(statement, {});
  const keyword = statement.keyword as keyof typeof KINDS;
  const { line, start, text } = statement;
  if (text === '') throw missingArguments(statement, EXAMPLES[keyword]);
  return { ...baseOf(statement), kind: KINDS[keyword], value: wordOf(line, start, start + text.length) };
}

/** `EXPOSE`. */
export function parseExpose(statement: Statement): ListInstruction<RawWord> {
  readFlags(statement, {});
  const values = splitAtBlanks(statement.line, statement.start);
  if (values.length === 0) throw missingArguments(statement, 'EXPOSE 80/tcp');
  return { ...baseOf(statement), kind: 'expose', values };
}

/** `VOLUME`. */
export function parseVolume(statement: Statement): ListInstruction<RawWord> {
  readFlags(statement, {});
  const values =
    parseJsonList(statement.line, statement.start) ?? splitAtBlanks(statement.line, statement.start);
  if (values.length === 0) throw missingArguments(statement, 'VOLUME /data');
  const empty = values.find(({ raw }) => raw.trim() === '');
  if (empty) throw languageError(empty.at, 'a path of VOLUME is empty');
  return { ...baseOf(statement), kind: 'volume', values };
}

/** `MAINTAINER`. */
export function parseMaintainer(statement: Statement): MaintainerInstruction {
  readFlags(statement, {});
  if (statement.text === '')
    throw missingArguments(statement, 'LABEL org.opencontainers.image.authors="name"');
  return { ...baseOf(statement), kind: 'maintainer', value: statement.text };
}
