import { nearest } from '../lib/suggest';

/** A line `Did you mean --name?` for the names nearest to `word`, or nothing; `show` spells a name. */
export function didYouMean(word: string, names: readonly string[], show: (name: string) => string): string {
  const near = nearest(word, names).slice(0, 3).map(show);
  return near.length === 0 ? '' : `Did you mean ${near.join(' or ')}?\n`;
}
