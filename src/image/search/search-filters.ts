import { TspodError } from '../../lib/errors';

/** What `search --filter` leaves. */
export interface SearchFilters {
  /** At least so many. */
  stars?: number;
  isOfficial?: boolean;
  isAutomated?: boolean;
}

/** Reads `stars=COUNT`, `is-official[=BOOL]`, `is-automated[=BOOL]`. Error `usage`. */
export function parseSearchFilters(texts: readonly string[]): SearchFilters {
  const filters: SearchFilters = {};
  for (const text of texts) {
    const [key = '', value] = splitOnce(text);
    if (key === 'stars') filters.stars = readCount(text, value);
    else if (key === 'is-official') filters.isOfficial = readBoolean(text, value);
    else if (key === 'is-automated') filters.isAutomated = readBoolean(text, value);
    else {
      throw new TspodError('usage', `invalid filter type "${text}"`, {
        hint: 'filters are stars=COUNT, is-official and is-automated',
      });
    }
  }
  return filters;
}

function splitOnce(text: string): [string, string | undefined] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
}

function readCount(text: string, value: string | undefined): number {
  if (value === undefined) throw new TspodError('usage', `invalid filter "${text}", should be stars=<value>`);
  if (!/^\d{1,9}$/.test(value)) throw new TspodError('usage', `filter "${text}": expected a number of stars`);
  return Number(value);
}

function readBoolean(text: string, value = 'true'): boolean {
  if (value === 'true') return true;
  if (value === 'false') return false;
  throw new TspodError('usage', `filter "${text}": expected true or false`);
}
