import { kindOf } from './values';

/** Go's `eq`: whether the first value equals any other. Throws a message when the kinds cannot be compared. */
export function equal(first: unknown, others: readonly unknown[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison');
  return others.some((other) => equalTwo(first, other));
}

/** Go's `lt`: numbers by value, strings by their bytes. */
export function less(a: unknown, b: unknown): boolean {
  const kind = basicKind(a);
  if (kind !== basicKind(b)) throw new Error('incompatible types for comparison');
  if (kind === 'number') return (a as number) < (b as number);
  if (kind === 'string') return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string)) < 0;
  throw new Error('invalid type for comparison');
}

function equalTwo(a: unknown, b: unknown): boolean {
  const [left, right] = [basicKind(a), basicKind(b)];
  if (left === 'nil' || right === 'nil') return left === right;
  if (left !== right) throw new Error('incompatible types for comparison');
  if (left === 'other') {
    if (kindOf(a) === 'struct' && kindOf(b) === 'struct') return String(a) === String(b);
    throw new Error(`non-comparable type`);
  }
  // A number may be a bigint on one side.
  return left === 'number' ? Number(a) === Number(b) : a === b;
}

function basicKind(value: unknown): 'nil' | 'bool' | 'number' | 'string' | 'other' {
  const kind = kindOf(value);
  if (kind === 'int' || kind === 'float') return 'number';
  return kind === 'nil' || kind === 'bool' || kind === 'string' ? kind : 'other';
}
