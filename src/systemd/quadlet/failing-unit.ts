import { describeProblem, type Problem } from '../problem';
import { addKey, createUnit, ensureSection, findSection, formatUnit } from '../unit-file';
import { escapeSpecial, quoteWord } from '../unit-words';
import type { Quadlet } from './types';

/**
 * The unit of a file that is not valid. Its description tells what is wrong, and started, at the latest where [Install] of the
 * file says, it fails and writes the same to the journal.
 */
export function failingUnit(quadlet: Quadlet, name: string, problems: readonly Problem[]): string {
  const unit = createUnit(name);
  const errors = problems.filter(({ level }) => level === 'error');
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const short = first === undefined ? quadlet.name : describeProblem(first, true);
  addKey(unit, 'Unit', 'Description', oneLine(escapePercent(`Not valid: ${short}${more}`)));
  addKey(unit, 'Unit', 'SourcePath', quadlet.path);
  addKey(unit, 'Service', 'Type', 'oneshot');
  addKey(unit, 'Service', 'SyslogIdentifier', '%N');
  const messages = errors.map((problem) => quoteWord(escapeSpecial(describeProblem(problem))));
  const script = quoteWord(escapeSpecial('printf "%s\\n" "$@" >&2; exit 1'));
  addKey(unit, 'Service', 'ExecStart', ['/bin/sh -c', script, 'sh', ...messages].join(' '));
  const install = findSection(quadlet.unit, 'Install');
  if (install) ensureSection(unit, 'Install').lines.push(...install.lines);
  return formatUnit(unit);
}

function escapePercent(text: string): string {
  return text.replaceAll('%', '%%');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
