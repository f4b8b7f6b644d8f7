import type { PreserveRequest } from '../../container/create/preserved-descriptors';
import { TspodError } from '../../lib/errors';
import type { Flags } from '../define-command';

/** What a shell can open and the kernel's usual limit of descriptors allows. */
const MOST = 1000;

/** Options of `run` and `exec` that hand descriptors on. */
export const preserveOptions = {
  'preserve-fd': {
    type: 'list',
    commas: true,
    value: 'FD',
    description: 'Give the program these of your descriptors',
  },
  'preserve-fds': {
    type: 'number',
    value: 'N',
    description: 'Give the program N of your descriptors beside the first three',
  },
} as const;

/** What is asked for; undefined: nothing. Throws 'usage'. */
export function preserveRequest(flags: Flags<typeof preserveOptions>): PreserveRequest | undefined {
  const { 'preserve-fd': texts, 'preserve-fds': count = 0 } = flags;
  if (count < 0 || count > MOST)
    throw new TspodError('usage', `--preserve-fds: ${count} is not a number of descriptors`);
  const wrong = texts.find((text) => !/^\d{1,9}$/.test(text));
  if (wrong !== undefined)
    throw new TspodError('usage', `invalid argument "${wrong}" for "--preserve-fd": it is not a descriptor`);
  if (count === 0 && texts.length === 0) return undefined;
  return { count, list: texts.map(Number) };
}
