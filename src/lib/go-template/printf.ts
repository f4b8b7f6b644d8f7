import { goExponent, printFloat, printValue } from './print-value';
import { kindOf, mapEntries, structFields, typeName } from './values';

/** One verb with its flags, as it stands in a format. */
interface Verb {
  letter: string;
  minus: boolean;
  plus: boolean;
  zero: boolean;
  space: boolean;
  sharp: boolean;
  width: number;
  precision: number | undefined;
}

const DIRECTIVE = /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(?:\[(\d+)\])?([\s\S])?/gu;

/** Go's fmt.Sprintf. */
export function sprintf(format: string, args: readonly unknown[]): string {
  let next = 0;
  let isReordered = false;
  const take = (): number => Number(args[next++] ?? 0);
  const text = format.replace(
    DIRECTIVE,
    (all: string, flags: string, width?: string, precision?: string, index?: string, letter?: string) => {
      if (letter === undefined) return '%!(NOVERB)';
      if (letter === '%') return '%';
      const verb = verbOf({ flags, letter, dot: /\.[^%]*$/.test(all.slice(0, -1)) });
      if (width !== undefined) verb.width = width === '*' ? take() : Number(width);
      if (precision !== undefined) verb.precision = precision === '*' ? take() : Number(precision);
      if (index !== undefined) {
        isReordered = true;
        if (Number(index) < 1 || Number(index) > args.length) return `%!${letter}(BADINDEX)`;
        next = Number(index) - 1;
      }
      if (next >= args.length) return `%!${letter}(MISSING)`;
      return pad(formatOne(args[next++], verb), verb);
    },
  );
  const extra = args.slice(next).map((value) => `${typeName(value)}=${printValue(value)}`);
  return extra.length === 0 || isReordered ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function verbOf({ flags, letter, dot }: { flags: string; letter: string; dot: boolean }): Verb {
  return {
    letter,
    minus: flags.includes('-'),
    plus: flags.includes('+'),
    zero: flags.includes('0'),
    space: flags.includes(' '),
    sharp: flags.includes('#'),
    width: 0,
    precision: dot ? 0 : undefined,
  };
}

function pad(text: string, { width, minus, zero, letter }: Verb): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (minus) return text + ' '.repeat(missing);
  if (!zero || !'dxXobeEfFgGv'.includes(letter)) return ' '.repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

function formatOne(value: unknown, verb: Verb): string {
  if (verb.letter === 'T') return typeName(value);
  if (verb.letter === 'v') return verb.sharp ? goSyntax(value) : printPlain(value, verb);
  const kind = kindOf(value);
  if (kind === 'slice') return `[${(value as unknown[]).map((each) => formatOne(each, verb)).join(' ')}]`;
  if (kind === 'map') {
    return `map[${mapEntries(value)
      .map(([key, each]) => `${formatOne(key, verb)}:${formatOne(each, verb)}`)
      .join(' ')}]`;
  }
  return formatBasic(value, verb) ?? `%!${verb.letter}(${kind === 'nil' ? '<nil>' : badOperand(value)})`;
}

function badOperand(value: unknown): string {
  return `${typeName(value)}=${printValue(value)}`;
}

function printPlain(value: unknown, verb: Verb): string {
  if (verb.plus && kindOf(value) === 'struct') {
    return `{${structFields(value)
      .map(([name, each]) => `${name}:${printPlain(each, verb)}`)
      .join(' ')}}`;
  }
  const isNumber = kindOf(value) === 'int' || kindOf(value) === 'float';
  return isNumber ? withSign(printValue(value), value, verb) : printValue(value);
}

function formatBasic(value: unknown, verb: Verb): string | undefined {
  switch (kindOf(value)) {
    case 'bool':
      return verb.letter === 't' ? String(value) : undefined;
    case 'int':
      return formatInt(typeof value === 'bigint' ? value : Number(value), verb);
    case 'float':
      return formatFloat(value as number, verb);
    case 'string':
      return formatString(value as string, verb);
    case 'struct':
      return formatString(printValue(value), verb);
    default:
      return undefined;
  }
}

function formatInt(value: number | bigint, verb: Verb): string | undefined {
  const bases: Record<string, number> = { d: 10, b: 2, o: 8, x: 16, X: 16 };
  const base = bases[verb.letter];
  if (base !== undefined) {
    const digits = (value < 0 ? -value : value).toString(base).padStart(verb.precision ?? 0, '0');
    const prefix = verb.sharp ? ({ x: '0x', X: '0x', o: '0', b: '0b' }[verb.letter] ?? '') : '';
    const text = `${value < 0 ? '-' : ''}${prefix}${digits}`;
    return withSign(verb.letter === 'X' ? text.toUpperCase() : text, value, verb);
  }
  if (verb.letter === 'c') return String.fromCodePoint(Number(value));
  if (verb.letter === 'q') return `'${String.fromCodePoint(Number(value))}'`;
  if (verb.letter === 'U') return `U+${Number(value).toString(16).toUpperCase().padStart(4, '0')}`;
  return undefined;
}

function formatFloat(value: number, verb: Verb): string | undefined {
  const precision = verb.precision ?? 6;
  const lower = verb.letter.toLowerCase();
  if (!'efg'.includes(lower)) return undefined;
  let text = lower === 'f' ? value.toFixed(precision) : goExponent(value.toExponential(precision));
  if (lower === 'g')
    text =
      verb.precision === undefined ? printFloat(value) : String(Number(value.toPrecision(precision || 1)));
  return withSign(verb.letter === lower ? text : text.toUpperCase(), value, verb);
}

function withSign(text: string, value: unknown, { plus, space }: Verb): string {
  if (Number(value) < 0) return text;
  return plus ? `+${text}` : space ? ` ${text}` : text;
}

function formatString(value: string, verb: Verb): string | undefined {
  const cut = verb.precision === undefined ? value : [...value].slice(0, verb.precision).join('');
  switch (verb.letter) {
    case 's':
      return cut;
    case 'q':
      return verb.sharp && !value.includes('`') ? `\`${cut}\`` : quote(cut);
    case 'x':
    case 'X': {
      const hex = Buffer.from(cut).toString('hex');
      return verb.letter === 'x' ? hex : hex.toUpperCase();
    }
    default:
      return undefined;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' },
  ...{ '"': '\\"', '\\': '\\\\' },
};

/** `text` as a Go string literal. */
export function quote(text: string): string {
  const body = text.replace(/["\\\u0000-\u001f\u007f-\u00a0\u00ad\u2028\u2029]/g, (char) => {
    const code = (char.codePointAt(0) as number).toString(16);
    return (
      ESCAPES[char] ?? (code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`)
    );
  });
  return `"${body}"`;
}

function goSyntax(value: unknown): string {
  switch (kindOf(value)) {
    case 'string':
      return quote(value as string);
    case 'slice':
      return `${typeName(value)}{${(value as unknown[]).map(goSyntax).join(', ')}}`;
    case 'map':
      return `${typeName(value)}{${mapEntries(value)
        .map(([key, each]) => `${quote(key)}:${goSyntax(each)}`)
        .join(', ')}}`;
    default:
      return printValue(value);
  }
}
