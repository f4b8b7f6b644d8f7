import { TspodError } from './errors';

/** Linux signal numbers by name without SIG. Source: signal(7), x86 and ARM. */
const SIGNALS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  IOT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  POLL: 29,
  PWR: 30,
  SYS: 31,
};

/** The first and last real-time signal that programs may use (glibc keeps 32 and 33 for itself). */
const RTMIN = 34;
const RTMAX = 64;

/** The number of a signal named as `TERM`, `SIGTERM`, `term`, `15` or `RTMIN+3`. Throws 'usage'. */
export function parseSignal(text: string): number {
  const name = text.toUpperCase().replace(/^SIG/, '');
  const number = /^\d+$/.test(name) ? Number(name) : (SIGNALS[name] ?? realTime(name));
  if (number !== undefined && number >= 1 && number <= RTMAX) return number;
  throw new TspodError('usage', `invalid signal: ${text}`, {
    hint: 'use a name such as SIGTERM or a number',
  });
}

/** The name of a signal with SIG in front; the number itself when it has none. */
export function signalName(number: number): string {
  const found = Object.keys(SIGNALS).find((name) => SIGNALS[name] === number);
  if (found !== undefined) return `SIG${found}`;
  if (number < RTMIN || number > RTMAX) return String(number);
  return number === RTMIN ? 'SIGRTMIN' : `SIGRTMIN+${number - RTMIN}`;
}

function realTime(name: string): number | undefined {
  const [, edge, sign, offset = '0'] = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name) ?? [];
  if (edge === undefined) return undefined;
  const number = (edge === 'MIN' ? RTMIN : RTMAX) + (sign === '-' ? -1 : 1) * Number(offset);
  return number >= RTMIN && number <= RTMAX ? number : undefined;
}

/** The names of all signals, without SIG: `HUP`, `INT` ... */
export function signalNames(): string[] {
  return Object.keys(SIGNALS);
}
