/** The names that `word` was probably meant to be, nearest first; at most two edits, or `word` as a beginning. */
export function nearest(word: string, names: readonly string[]): string[] {
  const reach = Math.min(2, Math.max(1, Math.floor(word.length / 2)));
  const scored = [...new Set(names)].map((name) => ({ name, distance: score(word, name) }));
  return scored
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

function score(word: string, name: string): number {
  if (word.length > 1 && name.startsWith(word)) return 1;
  return editDistance(word.toLowerCase(), name.toLowerCase());
}

/** The number of insertions, deletions, replacements and swaps of neighbours that make `b` of `a`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const cell = (line: number[], at: number) => line[at] as number;
      let best = Math.min(
        cell(last, column) + 1,
        cell(current, column - 1) + 1,
        cell(last, column - 1) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) best = Math.min(best, cell(beforeLast, column - 2) + 1);
      current.push(best);
    }
    [beforeLast, last] = [last, current];
  }
  return last[b.length] as number;
}
