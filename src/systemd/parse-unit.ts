import { type Problem, problemAt } from './problem';
import { createUnit, ensureSection, type UnitFile, type UnitLine, type UnitSection } from './unit-file';

/** What was read of a unit file, and what could not be. */
export interface ParsedUnit {
  unit: UnitFile;
  problems: Problem[];
}

interface Reading extends ParsedUnit {
  section: UnitSection | undefined;
  /** Comments and blank lines whose place is not known yet. */
  pending: UnitLine[];
}

/**
 * Reads a unit file as systemd.syntax(7) describes it. A backslash at the end of a line joins it with the next, which a space
 * separates then; comments between joined lines are left out. What is no line of a unit is among the problems.
 */
export function parseUnit(text: string, name: string, path: string): ParsedUnit {
  const reading: Reading = { unit: createUnit(name, path), problems: [], section: undefined, pending: [] };
  for (const { value, line } of joinedLines(text)) readLine(reading, { key: '', value, file: path, line });
  if (reading.pending.length > 0) {
    const section = reading.section ?? ensureSection(reading.unit, '');
    (section.name === '' ? section.comments : section.lines).push(...reading.pending);
  }
  return { unit: reading.unit, problems: reading.problems };
}

/** The lines without white space around them, continued ones as one with the number of its first. */
function joinedLines(text: string): { value: string; line: number }[] {
  const joined: { value: string; line: number }[] = [];
  let open: { value: string; line: number } | undefined;
  for (const [index, raw] of text.replace(/\n$/, '').split('\n').entries()) {
    const trimmed = raw.trim();
    if (isComment(trimmed)) {
      if (!open) joined.push({ value: trimmed, line: index + 1 });
      continue;
    }
    const isContinued = trimmed.endsWith('\\');
    const part = isContinued ? trimmed.slice(0, -1) : trimmed;
    if (open) open.value = /\s$/.test(open.value) ? open.value + part : `${open.value} ${part}`;
    else joined.push((open = { value: part, line: index + 1 }));
    if (!isContinued) open = undefined;
  }
  return joined.map(({ value, line }) => ({ value: value.trim(), line }));
}

function isComment(text: string): boolean {
  return text === '' || text.startsWith('#') || text.startsWith(';');
}

function readLine(reading: Reading, line: UnitLine): void {
  const { value } = line;
  if (isComment(value)) reading.pending.push(line);
  else if (value.startsWith('[')) readHeader(reading, line);
  else readKey(reading, line);
}

function readHeader(reading: Reading, line: UnitLine): void {
  const name = /^\[([^[\]\p{Cc}]+)\]$/u.exec(line.value)?.[1];
  if (name === undefined) {
    reading.problems.push(problemAt(line, `"${line.value}" is not the header of a section`));
    return;
  }
  reading.section = ensureSection(reading.unit, name);
  // formatUnit() puts a blank line between sections
  const [first, ...others] = reading.pending;
  reading.section.comments.push(...(first?.value === '' ? others : reading.pending));
  reading.pending = [];
}

function readKey(reading: Reading, line: UnitLine): void {
  const equals = line.value.indexOf('=');
  const key = line.value.slice(0, Math.max(equals, 0)).trimEnd();
  if (key === '') {
    reading.problems.push(
      problemAt(line, `"${line.value}" is neither KEY=VALUE nor a section nor a comment`),
    );
  } else if (!reading.section) {
    reading.problems.push(problemAt({ ...line, key }, 'stands before the first section'));
  } else {
    reading.section.lines.push(...reading.pending, {
      ...line,
      key,
      value: line.value.slice(equals + 1).trimStart(),
    });
    reading.pending = [];
  }
}
