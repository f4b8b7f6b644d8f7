import { TspodError } from '../../lib/errors';

/** `text` as one of `names`. Throws 'invalid' that lists them. */
export function oneOf<const T extends string>(text: string, names: readonly T[]): T {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw new TspodError('invalid', `"${text}" is not known`, { hint: `use ${names.join(' or ')}` });
}
