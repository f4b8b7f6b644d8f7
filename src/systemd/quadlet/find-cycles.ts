import { problemAt } from '../problem';
import type { Conversion } from './types';

/** Reports files that need each other in a circle: systemd could start none of them. */
export function reportCycles(conversions: readonly Conversion[]): void {
  const byName = new Map(conversions.map((each) => [each.quadlet.name, each]));
  for (const conversion of conversions) {
    for (const { name, line } of conversion.references) {
      const way = findWay(byName, name, conversion.quadlet.name);
      if (way === undefined) continue;
      const circle = [conversion.quadlet.name, ...way].join(' -> ');
      conversion.problems.push(problemAt(line, `the files need each other in a circle: ${circle}`));
    }
  }
}

/** The names from one file to another over what they mean; undefined when there is no way. */
function findWay(byName: ReadonlyMap<string, Conversion>, from: string, to: string): string[] | undefined {
  const ways: string[][] = [[from]];
  const seen = new Set([from]);
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = way.at(-1) as string;
    if (last === to) return way;
    for (const { name } of byName.get(last)?.references ?? []) {
      if (!seen.has(name)) ways.push([...way, name]);
      seen.add(name);
    }
  }
  return undefined;
}
