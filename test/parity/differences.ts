import { readFileSync } from 'node:fs';

/** What may differ, in the order in which it is told. */
export type Aspect = 'exit' | 'output' | 'error';

/** A difference that is known, with its reason. */
export interface Difference {
  line: string;
  aspects: string;
  reason: string;
}

/** The rows of the tables `| command line | differs in | reason |` of a Markdown file, by command line. */
export function readDifferences(path: string): Map<string, Difference> {
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  return new Map(
    rows.map((row) => {
      const [line, aspects, reason] = cellsOf(row) as [string, string, string];
      return [line, { line, aspects, reason }];
    }),
  );
}

/** A row of such a table. */
export function differenceRow({ line, aspects, reason }: Difference): string {
  const fence = line.includes('`') ? '``' : '`';
  return `| ${fence}${line.replaceAll('|', '\\|')}${fence} | ${aspects} | ${reason} |`;
}

function cellsOf(row: string): string[] {
  return row
    .slice(1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))
    .map((cell) => cell.replace(/^(`+)(.*)\1$/, '$2'));
}
