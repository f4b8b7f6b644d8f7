import { TspodError } from '../../lib/errors';

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** A container's name, as it came; throws 'usage' when it is none. */
export function checkName(name: string): string {
  if (NAME.test(name)) return name;
  throw new TspodError(
    'usage',
    `invalid container name "${name}": names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*`,
  );
}
