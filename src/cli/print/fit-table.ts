import type { Output } from '../define-command';
import { colorsFor } from './colors';

/** No column gets narrower than this. */
const NARROWEST = 8;
const GAP = 2;

/** A table for a terminal. */
export interface TerminalTable {
  lines: readonly (readonly string[])[];
  /** The columns that may be shortened; names and ids are not, since they are copied. */
  shrinkable: readonly boolean[];
  /** The column that tells of a state, which is coloured; -1 for none. */
  state: number;
}

/** Lines of aligned cells, the widest columns shortened until they fit `width` characters, states in colour. */
export function fitTable(
  { lines, shrinkable, state }: TerminalTable,
  width: number,
  output: Output,
): string[] {
  const columns = lines[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...lines.map((cells) => cells[at]?.length ?? 0)),
  );
  shrink(widths, shrinkable, width - GAP * (columns - 1));
  const paint = stateColor(output);
  return lines.map((cells, line) =>
    cells
      .map((cell, at) => {
        const text = shorten(cell, widths[at] as number);
        const shown = at === state && line > 0 ? paint(text) : text;
        const padding = at === columns - 1 ? 0 : (widths[at] as number) + GAP - text.length;
        return shown + ' '.repeat(padding);
      })
      .join('')
      .trimEnd(),
  );
}

/** The columns without as many of `spare`, in their order, as it takes for the rest to fit `width` characters. */
export function leaveOut(
  columns: readonly string[],
  spare: readonly string[],
  { width, widthOf }: { width: number; widthOf: (column: string) => number },
): readonly string[] {
  let left = columns;
  for (const column of spare) {
    if (left.reduce((sum, each) => sum + widthOf(each) + GAP, -GAP) <= width) break;
    left = left.filter((each) => each !== column);
  }
  return left;
}

/** Takes from the widest column that may give, until all fit or none can give more. */
function shrink(widths: number[], shrinkable: readonly boolean[], room: number): void {
  let excess = widths.reduce((sum, each) => sum + each, 0) - room;
  for (; excess > 0; excess--) {
    let widest = -1;
    for (const [at, each] of widths.entries()) {
      if (!shrinkable[at] || each <= NARROWEST) continue;
      if (widest < 0 || each > (widths[widest] as number)) widest = at;
    }
    if (widest < 0) return;
    widths[widest] = (widths[widest] as number) - 1;
  }
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function stateColor(output: Output): (text: string) => string {
  const color = colorsFor(output);
  return (text) => {
    if (/unhealthy|^Exited \([^0]|^Dead/.test(text)) return color.red(text);
    if (/^Up/.test(text)) return /starting|Paused/.test(text) ? color.yellow(text) : color.green(text);
    return /^Paused/.test(text) ? color.yellow(text) : color.dim(text);
  };
}
