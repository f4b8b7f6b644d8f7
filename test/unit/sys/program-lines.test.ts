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

test('programLines() gives what a program that fails has printed, then throws its exit status', async () => {
  const lines: string[] = [];
  const read = async () => {
    for await (const line of programLines('sh', ['-c', 'echo a; exit 3'])) lines.push(line);
  };
  await assert.rejects(read(), { code: 'system', message: 'sh ended with the status 3' });
  assert.deepEqual(lines, ['a']);
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
