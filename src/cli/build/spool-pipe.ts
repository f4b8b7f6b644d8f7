import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TspodError } from '../../lib/errors';

/**
 * A Containerfile that is a pipe, as the shell's `<(...)`, can be read once, and by this process only: it becomes standard
 * input. Returns the words of the command line that say so; undefined: none is a pipe. Error `usage`: two of them, or standard
 * input has another use.
 */
export function spoolPipe(
  words: readonly string[],
  { files, usesInput }: { files: readonly string[]; usesInput: boolean },
): string[] | undefined {
  const [pipe, another] = files.filter(isPipe);
  if (pipe === undefined) return undefined;
  if (another !== undefined || usesInput)
    throw new TspodError('usage', `--file "${pipe}" is a pipe, and standard input is in use`, {
      hint: 'write the Containerfile to a file',
    });
  becomeInput(readFileSync(pipe));
  return words.map((word) => {
    const start = ['', '-f', '-f=', '--file='].find((each) => word === `${each}${pipe}`);
    return start === undefined ? word : `${start}-`;
  });
}

function isPipe(file: string): boolean {
  return file !== '/dev/stdin' && statSync(file, { throwIfNoEntry: false })?.isFIFO() === true;
}

function becomeInput(data: Buffer): void {
  const folder = mkdtempSync(join(tmpdir(), 'tspod-'));
  try {
    const path = join(folder, 'input');
    writeFileSync(path, data, { mode: 0o600 });
    closeSync(0);
    // the lowest number that is free
    openSync(path, 'r');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
