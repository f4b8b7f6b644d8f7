import { parseDuration } from '../../lib/duration';
import { nearest } from '../../lib/suggest';
import { parseCommandLine } from './command-line';
import { readFlags } from './flag-values';
import type { FlagTable } from './flag-values';
import { languageError } from './language-error';
import { argumentsAt, baseOf, missingArguments } from './statement';
import type { Statement } from './statement';
import type { HealthcheckInstruction, RawWord } from './types';

const FLAGS: FlagTable = {
  interval: 'value',
  timeout: 'value',
  'start-period': 'value',
  'start-interval': 'value',
  retries: 'value',
};
const EXAMPLE = 'HEALTHCHECK --interval=30s CMD curl -f http://localhost/';

/** `HEALTHCHECK`. */
export function parseHealthcheck(statement: Statement): HealthcheckInstruction {
  const flags = readFlags(statement, FLAGS);
  const [, word = '', blanks = '', rest = ''] = /^(\S*)(\s*)(.*)$/s.exec(statement.text) ?? [];
  const type = word.toUpperCase();
  if (type === '') throw missingArguments(statement, EXAMPLE);
  if (type === 'NONE') return none(statement, rest);
  if (type !== 'CMD') {
    const [near] = nearest(type, ['CMD', 'NONE']);
    throw languageError(
      { ...argumentsAt(statement), length: word.length },
      `unknown type "${word}" of HEALTHCHECK`,
      near === undefined ? 'write CMD before the command' : `did you mean "${near}"?`,
    );
  }
  if (rest === '') throw missingArguments(statement, EXAMPLE);
  const command = parseCommandLine(statement, statement.start + word.length + blanks.length);
  const durations = {
    interval: duration(flags.value('interval')),
    timeout: duration(flags.value('timeout')),
    startPeriod: duration(flags.value('start-period')),
    startInterval: duration(flags.value('start-interval')),
    retries: retries(flags.value('retries')),
  };
  const given = Object.entries(durations).filter(([, value]) => value !== undefined);
  return { ...baseOf(statement), kind: 'healthcheck', command, ...Object.fromEntries(given) };
}

function none(statement: Statement, rest: string): HealthcheckInstruction {
  if (rest !== '') throw languageError(argumentsAt(statement), 'HEALTHCHECK NONE takes no arguments');
  const [flag] = statement.flags;
  if (flag) throw languageError(flag.at, `HEALTHCHECK NONE takes no --${flag.name}`);
  return { ...baseOf(statement), kind: 'healthcheck' };
}

/** Nanoseconds. */
function duration(word: RawWord | undefined): number | undefined {
  if (word === undefined || word.raw === '') return undefined;
  const ms = milliseconds(word);
  if (ms === 0 || ms >= 1) return Math.round(ms * 1e6);
  throw languageError(word.at, `"${word.raw}" is less than a millisecond`);
}

function milliseconds({ raw, at }: RawWord): number {
  try {
    return parseDuration(raw);
  } catch {
    throw languageError(at, `"${raw}" is no duration`, 'expected something like 30s, 5m or 1h30m');
  }
}

function retries(word: RawWord | undefined): number | undefined {
  if (word === undefined || word.raw === '') return undefined;
  if (/^\+?\d{1,9}$/.test(word.raw)) return Number(word.raw);
  throw languageError(word.at, `--retries=${word.raw}: expected a number, not negative`);
}
