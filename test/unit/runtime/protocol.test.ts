import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Plan } from '../../../src/runtime/plan';
import { FRAME, HEALTH, PLAN, PLAN_MAGIC, PLAN_OPS } from '../../../src/runtime/protocol';

const header = readFileSync(new URL('../../../native/protocol.h', import.meta.url), 'utf8');

function matches(pattern: RegExp): RegExpExecArray[] {
  return [...header.matchAll(pattern)];
}

test('protocol.ts has the operations of protocol.h, with their codes and signatures', () => {
  const native = matches(/^ {4}OP\((\w+), (\d+), "(\w*)"\)/gm).map(([, name, code, signature]) => [
    name,
    [Number(code), signature],
  ]);
  assert.ok(native.length > 50);
  assert.deepEqual(PLAN_OPS, Object.fromEntries(native));
});

test('no two operations share a code', () => {
  const codes = Object.values(PLAN_OPS).map(([code]) => code);
  assert.equal(new Set(codes).size, codes.length);
});

test('protocol.ts has the flags of protocol.h', () => {
  const native = matches(/^#define PLAN_(\w+) (\d+)u/gm).map(([, name, value]) => [name, Number(value)]);
  assert.deepEqual(PLAN, Object.fromEntries(native));
});

test('protocol.ts has the frames of protocol.h', () => {
  const native = matches(/^ {4}FRAME_(\w+) = (\d+)/gm).map(([, name, value]) => [name, Number(value)]);
  assert.deepEqual(FRAME, Object.fromEntries(native));
});

test('protocol.ts has the outcomes of health checks of protocol.h', () => {
  const native = matches(/^ {4}HEALTH_(\w+) = (\d+)/gm).map(([, name, value]) => [name, Number(value)]);
  assert.deepEqual(HEALTH, Object.fromEntries(native));
});

test('Plan.add() writes a record as protocol.h describes it', () => {
  const bytes = Buffer.from(new Plan().add('UMASK', 0o22).add('ENV', 'A=ä', '').bytes());
  const text = Buffer.from('A=ä');
  const expected = Buffer.concat([
    Buffer.from(PLAN_MAGIC, 'latin1'),
    Buffer.from([122, 0, 1, 0, 13, 0, 0, 0, 8, 0, 0, 0, 0o22, 0, 0, 0, 0, 0, 0, 0, 0]),
    Buffer.from([131, 0, 2, 0, 9 + text.length + 1, 0, 0, 0, text.length, 0, 0, 0]),
    text,
    Buffer.from([0, 0, 0, 0, 0, 0]),
  ]);
  assert.deepEqual(bytes, expected);
});

test('Plan.add() writes Infinity and -1 as the greatest number', () => {
  const bytes = Buffer.from(new Plan().add('RLIMIT', 7, -1, Infinity).bytes());
  assert.ok(bytes.includes(Buffer.alloc(8, 0xff)));
});

test('Plan.add() rejects a string with a NUL byte, and grows past its first size', () => {
  assert.throws(() => new Plan().add('HOSTNAME', 'a\0b'), /NUL/);
  assert.ok(new Plan().add('HOSTNAME', 'x'.repeat(100_000)).bytes().length > 100_000);
});
