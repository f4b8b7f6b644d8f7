/** One line of a unit file: `key=value`, or a comment or blank line, whose key is empty. */
export interface UnitLine {
  key: string;
  /** Continuation lines are joined; of a comment the whole line. */
  value: string;
  /** Where it was read, for messages; empty for lines that were made. */
  file: string;
  /** From 1; 0 for lines that were made. */
  line: number;
}

/** One section, such as `[Service]`. Sections of one name are one section. */
export interface UnitSection {
  name: string;
  /** Comments and blank lines before its header. */
  comments: UnitLine[];
  lines: UnitLine[];
}

/** A unit file (systemd.syntax(7)) that keeps order, repeated keys and comments. */
export interface UnitFile {
  /** The name without its directory. */
  name: string;
  /** The full path; empty for a unit that was made. */
  path: string;
  sections: UnitSection[];
}

/** An empty unit. */
export function createUnit(name: string, path = ''): UnitFile {
  return { name, path, sections: [] };
}

/** The section of that name; undefined when there is none. */
export function findSection(unit: UnitFile, name: string): UnitSection | undefined {
  return unit.sections.find((section) => section.name === name);
}

/** The section of that name, which is made at the end when there is none. */
export function ensureSection(unit: UnitFile, name: string): UnitSection {
  const found = findSection(unit, name);
  if (found) return found;
  const made: UnitSection = { name, comments: [], lines: [] };
  unit.sections.push(made);
  return made;
}

/** Every line of a key in a section that counts: an empty value takes back those before it. */
export function linesOf(unit: UnitFile, section: string, key: string): UnitLine[] {
  const lines = allLinesOf(unit, section, key);
  return lines.slice(lines.findLastIndex(({ value }) => value === '') + 1);
}

/** The last line of a key in a section, also when its value is empty. */
export function lastLineOf(unit: UnitFile, section: string, key: string): UnitLine | undefined {
  return allLinesOf(unit, section, key).at(-1);
}

/** Whether a key stands in a section. */
export function hasKey(unit: UnitFile, section: string, key: string): boolean {
  return lastLineOf(unit, section, key) !== undefined;
}

/** Adds a line at the end of a section. */
export function addKey(unit: UnitFile, section: string, key: string, value: string): void {
  ensureSection(unit, section).lines.push(madeLine(key, value));
}

/** Adds a line at the beginning of a section. */
export function prependKey(unit: UnitFile, section: string, key: string, value: string): void {
  ensureSection(unit, section).lines.unshift(madeLine(key, value));
}

/** Gives the last line of a key another value, or adds one. */
export function setKey(unit: UnitFile, section: string, key: string, value: string): void {
  const last = lastLineOf(unit, section, key);
  if (last) last.value = value;
  else addKey(unit, section, key, value);
}

/** Renames a section; its lines go to the end of one that has that name already. */
export function renameSection(unit: UnitFile, from: string, to: string): void {
  const section = findSection(unit, from);
  if (!section) return;
  const other = findSection(unit, to);
  if (!other) {
    section.name = to;
    return;
  }
  other.lines.push(...section.lines);
  unit.sections.splice(unit.sections.indexOf(section), 1);
}

/** Adds copies of all lines of `source` to the ends of the sections of `unit`. */
export function mergeUnit(unit: UnitFile, source: UnitFile): void {
  for (const { name, comments, lines } of source.sections) {
    const section = ensureSection(unit, name);
    section.comments.push(...comments.map((line) => ({ ...line })));
    section.lines.push(...lines.map((line) => ({ ...line })));
  }
}

/** The text of a unit file, with one blank line between sections. */
export function formatUnit(unit: UnitFile): string {
  return unit.sections.map(formatSection).join('\n');
}

function formatSection({ name, comments, lines }: UnitSection): string {
  const header = name === '' ? [] : [`[${name}]`];
  return [...comments.map(formatLine), ...header, ...lines.map(formatLine)]
    .map((text) => `${text}\n`)
    .join('');
}

function formatLine({ key, value }: UnitLine): string {
  return key === '' ? value : `${key}=${value}`;
}

function madeLine(key: string, value: string): UnitLine {
  return { key, value, file: '', line: 0 };
}

function allLinesOf(unit: UnitFile, section: string, key: string): UnitLine[] {
  return findSection(unit, section)?.lines.filter((line) => line.key === key) ?? [];
}
