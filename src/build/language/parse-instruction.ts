import { nearest } from '../../lib/suggest';
import { readFlags } from './flag-values';
import { languageError } from './language-error';
import { parseAdd, parseCopy } from './parse-copy';
import { parseFrom } from './parse-from';
import { parseHealthcheck } from './parse-healthcheck';
import { parseArg, parsePairs } from './parse-pairs';
import { parseProgram, parseShell } from './parse-program';
import { parseRun } from './parse-run';
import { parseExpose, parseMaintainer, parseValue, parseVolume } from './parse-values';
import { restOf } from './source-line';
import { baseOf, makeStatement, missingArguments } from './statement';
import type { Statement } from './statement';
import type { OnbuildInstruction, ParsedInstruction } from './types';

const PARSERS: Readonly<Record<string, (statement: Statement) => ParsedInstruction>> = {
  ADD: parseAdd,
  ARG: parseArg,
  CMD: parseProgram,
  COPY: parseCopy,
  ENTRYPOINT: parseProgram,
  ENV: parsePairs,
  EXPOSE: parseExpose,
  FROM: parseFrom,
  HEALTHCHECK: parseHealthcheck,
  LABEL: parsePairs,
  MAINTAINER: parseMaintainer,
  ONBUILD: parseOnbuild,
  RUN: parseRun,
  SHELL: parseShell,
  STOPSIGNAL: parseValue,
  USER: parseValue,
  VOLUME: parseVolume,
  WORKDIR: parseValue,
};
const NO_TRIGGERS = ['ONBUILD', 'FROM', 'MAINTAINER'];

/** An instruction of its text. Error `invalid`: one that is not known, or not well-formed. */
export function parseInstruction(statement: Statement): ParsedInstruction {
  const { keyword, at } = statement;
  const parse = Object.hasOwn(PARSERS, keyword) ? PARSERS[keyword] : undefined;
  if (parse !== undefined) return parse(statement);
  const [near] = nearest(keyword, Object.keys(PARSERS));
  const hint =
    near === undefined
      ? `the instructions are ${Object.keys(PARSERS).join(', ')}`
      : `did you mean "${near}"?`;
  throw languageError(at, `unknown instruction "${keyword}"`, hint);
}

/** `ONBUILD`: what follows is checked now, and kept as text with its here-documents. */
function parseOnbuild(statement: Statement): OnbuildInstruction {
  readFlags(statement, {});
  if (statement.text === '') throw missingArguments(statement, 'ONBUILD COPY . /app');
  const { line, start, heredocs, endLine } = statement;
  const inner = makeStatement({ line: restOf(line, start), heredocs, endLine }, statement);
  if (NO_TRIGGERS.includes(inner.keyword)) {
    throw languageError(inner.at, `ONBUILD cannot be followed by ${inner.keyword}`);
  }
  parseInstruction(inner);
  const documents = heredocs.map(({ name, content }) => `\n${content}${name}`).join('');
  return { ...baseOf(statement), kind: 'onbuild', trigger: statement.text + documents };
}
