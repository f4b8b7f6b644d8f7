import { createInterface } from 'node:readline';
import type { Output } from './define-command';

/** Asks on standard error before something is removed: the warning, what it means, and a question; true for yes. */
export async function confirm(output: Output, warning: string, names: readonly string[]): Promise<boolean> {
  output.note(warning);
  for (const name of names) output.note(name);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve) => {
      reader.question('Are you sure you want to continue? [y/N] ', resolve);
      reader.once('close', () => resolve(''));
    });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
