/** Cells narrower than this are padded to it, and two blanks follow each: Podman's tabwriter(12, 2, 2, ' '). */
const MIN_WIDTH = 12;
const PADDING = 2;

/**
 * Rows of cells as aligned lines, each column as wide as its widest cell and two blanks, at least twelve in all.
 * The last cell of a row is not padded.
 */
export function alignRows(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (let column = 0; column < row.length - 1; column++) {
      const width = displayWidth(row[column] as string) + PADDING;
      widths[column] = Math.max(widths[column] ?? MIN_WIDTH, width);
    }
  }
  return rows.map((row) =>
    row.map((cell, at) => (at === row.length - 1 ? cell : pad(cell, widths[at] ?? 0))).join(''),
  );
}

/**
 * Lines with tabs as Go's text/tabwriter aligns them: a cell is ended by a tab, and a column is a block of neighbouring
 * lines that all have a cell there.
 */
export function alignTabs(text: string): string {
  if (!text.includes('\t')) return text;
  const lines = text.split('\n').map((line) => line.split('\t'));
  const widths = lines.map((cells) => new Array<number>(Math.max(0, cells.length - 1)).fill(0));
  for (let line = 0; line < lines.length; line++) {
    const own = widths[line] as number[];
    for (let column = 0; column < own.length; column++) {
      if (own[column] === 0) setBlock(lines, widths, { line, column });
    }
  }
  return lines
    .map((cells, line) => cells.map((cell, at) => pad(cell, widths[line]?.[at] ?? 0)).join(''))
    .join('\n');
}

/** Gives the column block that begins in `line` its width. */
function setBlock(
  lines: readonly string[][],
  widths: readonly number[][],
  { line, column }: { line: number; column: number },
): void {
  let end = line;
  let width = 0;
  for (; end < lines.length && (widths[end] as number[]).length > column; end++) {
    width = Math.max(width, displayWidth(lines[end]?.[column] ?? ''));
  }
  const cell = Math.max(MIN_WIDTH, width + PADDING);
  for (let at = line; at < end; at++) (widths[at] as number[])[column] = cell;
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - displayWidth(cell)));
}

/** The number of characters, surrogate pairs counted once, as Go counts runes. */
function displayWidth(text: string): number {
  let width = 0;
  for (const _ of text) width++;
  return width;
}
