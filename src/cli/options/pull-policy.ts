import type { PullPolicy } from '../../image/pull/pull-request';
import { TspodError } from '../../lib/errors';

/** `--pull` by its values; Podman takes true and false too. */
const policies: Readonly<Record<string, PullPolicy>> = {
  always: 'always',
  true: 'always',
  missing: 'missing',
  ifmissing: 'missing',
  ifnotpresent: 'missing',
  newer: 'newer',
  ifnewer: 'newer',
  never: 'never',
  false: 'never',
};

/** When `run`, `create` and `build` ask a registry. Throws 'usage'. */
export function parsePullPolicy(text: string): PullPolicy {
  const word = text.toLowerCase();
  const policy = Object.hasOwn(policies, word) ? policies[word] : undefined;
  if (policy !== undefined) return policy;
  throw new TspodError('usage', `unsupported pull policy "${text}"`, {
    hint: 'use always, missing, newer or never',
  });
}
