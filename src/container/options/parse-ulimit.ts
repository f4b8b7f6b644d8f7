import { TspodError } from '../../lib/errors';
import type { Ulimit } from '../record';

/** The limits of setrlimit(2) by the names that Docker gives them. */
const ULIMIT_NAMES = [
  'as',
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
] as const;

/** Parses `--ulimit name=soft[:hard]` and `host`; -1 and `unlimited` are no limit. Throws 'usage'. */
export function parseUlimit(text: string): Ulimit {
  if (text === 'host') return { name: 'host', soft: 0, hard: 0 };
  const match = /^([a-zA-Z_]+)=([^:]+)(?::(.+))?$/.exec(text);
  if (match === null) throw malformed(text, 'expected NAME=SOFT[:HARD]');
  const name = (match[1] ?? '').toLowerCase().replace(/^rlimit_/, '');
  if (!(ULIMIT_NAMES as readonly string[]).includes(name)) {
    throw malformed(text, `invalid ulimit type: ${name}`);
  }
  const soft = parseLimit(text, match[2] ?? '');
  const hard = match[3] === undefined ? soft : parseLimit(text, match[3]);
  if (hard !== -1 && (soft === -1 || soft > hard)) {
    throw malformed(text, `ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
  }
  return { name, soft, hard };
}

function parseLimit(text: string, number: string): number {
  if (number === 'unlimited') return -1;
  if (/^(-1|\d+)$/.test(number) && Number.isSafeInteger(Number(number))) return Number(number);
  throw malformed(text, `"${number}" is not a number`);
}

function malformed(text: string, reason: string): TspodError {
  return new TspodError(
    'usage',
    `ulimit option "${text}" requires name=SOFT:HARD, failed to be parsed: ${reason}`,
    {
      hint: `the names are ${ULIMIT_NAMES.join(', ')}, or host to keep your own limits`,
    },
  );
}
