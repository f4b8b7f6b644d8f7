import { isStringer, kindOf, mapEntries, NO_VALUE, structFields } from './values';

/** A value as an action prints it. */
export function printAction(value: unknown): string {
  return value === NO_VALUE ? '<no value>' : printValue(value);
}

/** A value as Go's fmt prints it with %v: `[a b]`, `map[a:1]`, `{x 2}`, `<nil>`. */
export function printValue(value: unknown): string {
  switch (kindOf(value)) {
    case 'nil':
      return '<nil>';
    case 'slice':
      return `[${(value as unknown[]).map(printValue).join(' ')}]`;
    case 'map':
      return `map[${mapEntries(value)
        .map(([key, each]) => `${key}:${printValue(each)}`)
        .join(' ')}]`;
    case 'struct':
      if (isStringer(value)) return value.toString();
      return `{${structFields(value)
        .map(([, each]) => printValue(each))
        .join(' ')}}`;
    case 'float':
      return printFloat(value as number);
    default:
      return String(value);
  }
}

/** Go's %v of a float: the shortest digits, with an exponent below 1e-4 and from 1e21 on. */
export function printFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const abs = Math.abs(value);
  if (abs !== 0 && (abs < 1e-4 || abs >= 1e21)) return goExponent(value.toExponential());
  return String(value);
}

/** JavaScript's exponent in Go's form, at least two digits: `1e-07`. */
export function goExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Go's print: blanks between operands when neither is a string. */
export function print(values: readonly unknown[]): string {
  return values
    .map((value, at) => {
      const blank = at > 0 && typeof value !== 'string' && typeof values[at - 1] !== 'string';
      return `${blank ? ' ' : ''}${printValue(value)}`;
    })
    .join('');
}
