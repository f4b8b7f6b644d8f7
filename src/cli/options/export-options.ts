import { resolve } from 'node:path';
import { TspodError } from '../../lib/errors';
import { defineOptions } from '../define-command';
import type { Output } from '../define-command';

/** Where an exported archive goes. */
export const exportOptions = defineOptions({
  output: {
    type: 'string',
    short: 'o',
    value: 'FILE',
    description: 'Write to a file instead of standard output',
  },
});

/** The full path of the file; undefined for standard output. Error `usage`: that is a terminal. */
export function exportPath(path: string | undefined, output: Pick<Output, 'isTerminal'>): string | undefined {
  if (path !== undefined) return resolve(path);
  if (output.isTerminal)
    throw new TspodError('usage', 'refusing to export to terminal. Use -o flag or redirect');
  return undefined;
}
