import { TspodError } from '../lib/errors';
import type { Secret } from './secret';

/** What `--filter` of `secret ls` lets through: any of the names, and any of the ids, each a regular expression. Throws 'usage'. */
export function parseSecretFilters(texts: readonly string[]): (secret: Secret) => boolean {
  const wanted: Record<'name' | 'id', RegExp[]> = { name: [], id: [] };
  for (const text of texts) {
    const equals = text.indexOf('=');
    const key = equals < 0 ? text : text.slice(0, equals);
    if (equals < 0 || (key !== 'name' && key !== 'id'))
      throw new TspodError('usage', `invalid filter "${equals < 0 ? text : key}"`, {
        hint: 'there are name=PATTERN and id=PATTERN',
      });
    wanted[key].push(pattern(text.slice(equals + 1)));
  }
  const passes = (patterns: readonly RegExp[], text: string): boolean =>
    patterns.length === 0 || patterns.some((each) => each.test(text));
  return ({ name, id }) => passes(wanted.name, name) && passes(wanted.id, id);
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (cause) {
    throw new TspodError('usage', `invalid filter: "${text}" is not a regular expression`, { cause });
  }
}
