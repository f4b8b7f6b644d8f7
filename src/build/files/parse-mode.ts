import { TspodError } from '../../lib/errors';

type Change = (mode: number, isDirectory: boolean) => number;

const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007 };
const SHIFTS: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };
const BITS: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111, s: 0o6000, t: 0o1000 };

/** What `--chmod` does: an octal number, or symbols as chmod(1) has them: `u=rwX,go=rX`. Error `usage`. */
export function parseMode(text: string): Change {
  if (/^[0-7]{1,5}$/.test(text)) {
    const mode = parseInt(text, 8);
    if (mode <= 0o7777) return () => mode;
  }
  const clauses = text.split(',').map((clause) => parseClause(clause));
  if (clauses.every((clause) => clause !== undefined))
    return (mode, isDirectory) => clauses.reduce((value, change) => change(value, isDirectory), mode);
  throw new TspodError('usage', `"${text}" is not a mode`, { hint: 'write it as 0755 or as u=rwX,go=rX' });
}

function parseClause(text: string): Change | undefined {
  const match = /^([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)$/.exec(text);
  if (match === null) return undefined;
  const who = match[1] === '' || match[1]?.includes('a') ? 'ugo' : (match[1] ?? '');
  const mask = [...who].reduce((bits, each) => bits | (WHO[each] ?? 0), 0);
  const actions = [...(match[2] ?? '').matchAll(/([-+=])([ugo]|[rwxXst]*)/g)];
  return (mode, isDirectory) =>
    actions.reduce((value, [, operator = '', letters = '']) => {
      const bits = bitsOf(letters, value, isDirectory) & mask;
      if (operator === '+') return value | bits;
      if (operator === '-') return value & ~bits;
      return (value & ~(mask & 0o777)) | bits;
    }, mode);
}

/** `X` is the permission to execute where a directory or anybody has it; `u`, `g` and `o` are what these have now. */
function bitsOf(letters: string, mode: number, isDirectory: boolean): number {
  const shift = SHIFTS[letters];
  if (shift !== undefined) return ((mode >> shift) & 0o7) * 0o111;
  const executes = isDirectory || (mode & 0o111) !== 0;
  return [...letters].reduce(
    (bits, each) => bits | (each === 'X' ? (executes ? 0o111 : 0) : (BITS[each] ?? 0)),
    0,
  );
}
