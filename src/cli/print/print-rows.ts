import { alignRows } from '../../lib/table';
import type { Output } from '../define-command';
import { headerOf } from './header';

/** How a list is printed. */
export interface RowStyle {
  /** The command's name, for the messages of a template: `ps`. */
  name: string;
  /** The columns of the default table, by field. */
  columns: readonly string[];
  /** `json`, `table TEMPLATE`, a Go template, or absent for the default table. */
  format?: string | undefined;
  /** Headers that are not simply the words of the field: `{ID: 'CONTAINER ID'}`. */
  headers?: Readonly<Record<string, string>>;
  noHeading?: boolean | undefined;
  /** Columns that a terminal goes without while the table is too wide for it, the first one first. */
  spare?: readonly string[];
  /** Print this field alone, one a line, when no format was given: `--quiet`. */
  quiet?: string | undefined;
  /** What `--format json` prints when it is not the rows themselves. */
  json?: unknown;
  /** Blanks of each level of the JSON; 4 by default. */
  indent?: number;
}

/**
 * Prints a list as Podman does. A row is an object with the fields that templates may ask for; functions in it are
 * methods, Map and `goMap` objects are maps. Templates are loaded only when a format asks for them.
 */
export async function printRows(output: Output, rows: readonly object[], style: RowStyle): Promise<void> {
  const { format, quiet } = style;
  if (format === 'json') {
    const { plainJson } = await import('../../lib/go-template/go-json');
    return output.print(JSON.stringify(plainJson(style.json ?? rows), null, style.indent ?? 4));
  }
  if (quiet !== undefined && isDefault(format)) {
    return output.write(rows.map((row) => `${cell(row, quiet)}\n`).join(''));
  }
  if (isDefault(format)) return printTable(output, rows, style);
  const { renderRows } = await import('./format');
  output.write(renderRows(rows, { headers: {}, ...style, format }));
}

function isDefault(format: string | undefined): format is undefined {
  return format === undefined || format === '' || format === 'table';
}

async function printTable(output: Output, rows: readonly object[], style: RowStyle): Promise<void> {
  const columns = output.isTerminal ? await columnsThatFit(rows, style) : style.columns;
  const { headers = {}, noHeading } = style;
  const lines = rows.map((row) => columns.map((column) => cell(row, column)));
  if (noHeading !== true) lines.unshift(columns.map((column) => headerOf(column, headers)));
  if (lines.length === 0) return;
  const aligned = output.isTerminal ? await terminalLines(output, lines, columns) : alignRows(lines);
  output.write(`${aligned.join('\n')}\n`);
}

async function columnsThatFit(rows: readonly object[], style: RowStyle): Promise<readonly string[]> {
  const { columns, headers = {}, spare } = style;
  if (spare === undefined) return columns;
  const { leaveOut } = await import('./fit-table');
  const widthOf = (column: string): number =>
    Math.max(headerOf(column, headers).length, ...rows.map((row) => cell(row, column).length));
  return leaveOut(columns, spare, { width: process.stdout.columns ?? Infinity, widthOf });
}

/** Columns whose cells somebody copies, or that are short: never shortened. */
const WHOLE = new Set(['ID', 'Names', 'Name', 'Tag', 'Size', 'Driver', 'Pid']);

/** On a terminal a table has the colours of states, and the width of the terminal where it would be wider. */
async function terminalLines(
  output: Output,
  lines: string[][],
  columns: readonly string[],
): Promise<string[]> {
  const width = process.stdout.columns ?? Infinity;
  const aligned = alignRows(lines);
  const state = columns.indexOf('Status');
  if (state < 0 && aligned.every((line) => line.length <= width)) return aligned;
  const { fitTable } = await import('./fit-table');
  return fitTable({ lines, shrinkable: columns.map((name) => !WHOLE.has(name)), state }, width, output);
}

function cell(row: object, field: string): string {
  const value = (row as Record<string, unknown>)[field];
  const found: unknown = typeof value === 'function' ? value.call(row) : value;
  return found === undefined || found === null ? '' : String(found);
}
