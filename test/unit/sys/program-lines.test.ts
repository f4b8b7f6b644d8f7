import assert from 'node:assert/strict';
import test from 'node:test';
import { programLines } from '../../../src/sys/program-lines';

async function linesOf(program: string, ...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of programLines(program, args)) lines.push(line);
  return lines;
}

test('programLines() gives each line, and the last one without its end', async () => {
  assert.deepEqual(await linesOf('printf', 'a\\nb\\nc'), ['a', 'b', 'c']);
});

test('programLines() does not mind the exit status', async () => {
  assert.deepEqual(await linesOf('sh', '-c', 'echo a; exit 3'), ['a']);
});

test('programLines() ends the program when its reader stops', async () => {
  for await (const line of programLines('yes', [])) {
    assert.equal(line, 'y');
    break;
  }
});

test('programLines() throws ENOENT for a program that is not there', async () => {
  await assert.rejects(linesOf('no-such-program'), { code: 'ENOENT' });
});
