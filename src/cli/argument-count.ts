import { TspodError } from '../lib/errors';
import type { ArgumentCount } from './define-command';

/** Throws, in Podman's words, when there are too few or too many positional arguments. */
export function checkArgumentCount(expected: ArgumentCount, args: readonly string[], command: string): void {
  const { min, max = Infinity, missing } = expected;
  if (args.length >= min && args.length <= max) return;
  const message =
    args.length < min && missing !== undefined ? missing : wording(min, max, args.length, command);
  throw new TspodError('usage', message, { hint: `See '${command} --help'` });
}

function wording(min: number, max: number, count: number, command: string): string {
  if (max === 0) return `\`${command}\` takes no arguments`;
  if (min === max) return `accepts ${min} arg(s), received ${count}`;
  if (max === Infinity) return `requires at least ${min} arg(s), only received ${count}`;
  if (min === 0) return `accepts at most ${max} arg(s), received ${count}`;
  return `accepts between ${min} and ${max} arg(s), received ${count}`;
}
