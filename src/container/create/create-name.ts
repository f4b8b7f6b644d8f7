import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { generateName } from '../../lib/name-generator';
import { idOfName } from '../find';

/** The name asked for when it is free, else one of our own. Throws 'exists'. */
export function chooseName(ctx: Context, asked: string | undefined): string {
  if (asked === undefined) return generateName((name) => idOfName(ctx, name) !== undefined);
  const holder = idOfName(ctx, asked);
  if (holder === undefined) return asked;
  throw nameInUse(asked, holder);
}

/** The error for a name that another container has. */
export function nameInUse(name: string, holder: string): TspodError {
  return new TspodError(
    'exists',
    `creating container storage: the container name "${name}" is already in use by ${holder}. ` +
      'You have to remove that container to be able to reuse that name: that name is already in use',
    { hint: `use --replace, or remove it: tspod rm ${name}` },
  );
}
