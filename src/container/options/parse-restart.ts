import { TspodError } from '../../lib/errors';
import type { RestartPolicyName } from '../record';

const POLICIES: Record<string, RestartPolicyName> = {
  '': 'no',
  no: 'no',
  never: 'no',
  always: 'always',
  'on-failure': 'on-failure',
  'unless-stopped': 'unless-stopped',
};

/** Parses `--restart`; a greatest number of restarts of 0 is no limit. Throws 'usage'. */
export function parseRestart(text: string): { policy: RestartPolicyName; maximum: number } {
  const [word = '', count] = text.split(':', 2);
  const policy = Object.hasOwn(POLICIES, word) ? POLICIES[word] : undefined;
  if (policy === undefined) {
    throw new TspodError('usage', `"${text}" is not a valid restart policy`, {
      hint: 'use no, always, on-failure[:COUNT] or unless-stopped',
    });
  }
  if (count === undefined) return { policy, maximum: 0 };
  if (policy !== 'on-failure') {
    throw new TspodError('usage', `restart policy "${text}": a number of restarts goes with on-failure only`);
  }
  if (!/^\d+$/.test(count)) {
    throw new TspodError('usage', `restart policy "${text}": "${count}" is not a number of restarts`);
  }
  return { policy, maximum: Number(count) };
}
