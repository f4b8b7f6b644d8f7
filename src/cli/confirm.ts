import { createInterface } from 'node:readline';
import { TspodError } from '../lib/errors';
import type { Output } from './define-command';

/**
 * Asks on standard error before something is removed: the warning, what it means, and a question; true for yes. Throws
 * 'usage' when nobody answers.
 */
export async function confirm(output: Output, warning: string, names: readonly string[]): Promise<boolean> {
  output.note(warning);
  for (const name of names) output.note(name);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      reader.question('Are you sure you want to continue? [y/N] ', resolve);
      reader.once('close', () => reject(unanswered()));
    });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}

function unanswered(): TspodError {
  return new TspodError('usage', 'reading the answer: EOF', {
    hint: 'to remove without a question: --force',
  });
}
