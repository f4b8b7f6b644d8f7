import { compileTemplate } from '../../lib/go-template/template';
import type { Template } from '../../lib/go-template/template';
import { goMap } from '../../lib/go-template/values';
import { alignTabs } from '../../lib/table';
import { headerOf } from './header';

/** A Go template over rows, with what its table needs. */
export interface RowFormat {
  /** A template; `table` in front of it asks for headings. */
  format: string;
  name: string;
  headers?: Readonly<Record<string, string>>;
  noHeading?: boolean | undefined;
}

/** A template that goes over all rows by itself. */
const OWN_RANGE = /\{\{-?\s*range\s*\.\s*-?\}\}[\s\S]*\{\{-?\s*end\s*-?\}\}/;
const FIELD = /\.([A-Z]\w*)/g;

/**
 * The text that a user's template makes of the rows: once for each, a line feed after each; with `table`
 * tabs are aligned in columns, else they stay.
 * Throws a usage error in Go's words for what the template asks and the rows do not have.
 */
export function renderRows(rows: readonly unknown[], style: RowFormat): string {
  const { format, name } = style;
  if (!format.startsWith('table ')) return compileRows(name, normalize(format), format).execute(rows);
  const template = compileRows(name, normalizeTable(format), format.slice('table '.length));
  const heading = hasHeading(style) ? template.execute([headerRow(style)]) : '';
  return alignTabs(heading + template.execute(rows));
}

/** The normalized text; where it cannot be read (`{{printf "\n"}}`) the text as it was given. */
function compileRows(name: string, normalized: string, given: string): Template {
  try {
    return compileTemplate(name, withRange(normalized));
  } catch (error) {
    try {
      return compileTemplate(name, withRange(endLine(given)));
    } catch {
      throw error;
    }
  }
}

function withRange(text: string): string {
  return OWN_RANGE.test(text) ? text : `{{range .}}${text}{{end -}}`;
}

function normalize(format: string): string {
  return endLine(format.replaceAll('\\t', '\t').replaceAll('\\n', '\n'));
}

/** As Podman does, blanks between the columns of a table are tabs. */
function normalizeTable(format: string): string {
  return normalize(format.slice('table '.length)).replaceAll(' ', '\t');
}

function endLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

function hasHeading({ headers, noHeading }: RowFormat): boolean {
  return headers !== undefined && noHeading !== true;
}

function headerRow({ format, headers = {} }: RowFormat): Record<string, string> {
  const names = [...format.matchAll(FIELD)].map(([, name = '']) => name);
  return goMap(Object.fromEntries(names.map((name) => [name, headerOf(name, headers)])));
}
