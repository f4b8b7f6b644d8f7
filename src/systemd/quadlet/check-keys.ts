import { didYouMean, type Problem, problemAt } from '../problem';
import { linesOf, type UnitLine, type UnitSection } from '../unit-file';
import { KINDS, SECTIONS } from './kinds';
import { parseFlag, unquote } from './read-key';
import type { Quadlet, QuadletKey } from './types';

const PASSED_ON = ['Unit', 'Service', 'Install'];
/** The keys of [Install] that the generator honours. */
const INSTALL_KEYS = ['Alias', 'WantedBy', 'RequiredBy', 'UpheldBy', 'DefaultInstance'];

const SERVICE_TIMES = /^(Timeout(Start|Stop|Abort)?|Restart|RestartMaxDelay|Watchdog|RuntimeMax)Sec$/;
/** systemd.time(7), or a specifier somewhere. */
const TIME_SPAN =
  /^(infinity|.*%.*|(\d+(\.\d+)?\s*(usec|us|µs|msec|ms|seconds?|sec|s|minutes?|min|months?|M|m|hours?|hr|h|days?|d|weeks?|w|years?|y)?\s*)+)$/;

/**
 * What is wrong with the sections and keys of a file: those that do not exist, values that cannot be right, options that tspod
 * refuses, keys that are given twice in one file where the last would win.
 */
export function checkKeys(
  quadlet: Quadlet,
  keys: readonly QuadletKey[],
  refusals: ReadonlyMap<string, string>,
): Problem[] {
  const own = SECTIONS[quadlet.kind];
  return quadlet.unit.sections.flatMap((section) => {
    if (section.name === own) return checkSection(section, { keys, quadlet, refusals });
    if (section.name === 'Quadlet') return checkQuadletSection(section);
    if (section.name === 'Install') return checkInstall(section);
    if (section.name === 'Service') return checkTimes(section);
    if (PASSED_ON.includes(section.name) || /^(X-.*|)$/.test(section.name)) return [];
    return [unknownSection(section, own)];
  });
}

interface Rules {
  keys: readonly QuadletKey[];
  quadlet: Quadlet;
  refusals: ReadonlyMap<string, string>;
}

function checkSection(section: UnitSection, rules: Rules): Problem[] {
  const problems: Problem[] = [];
  for (const line of section.lines) {
    if (line.key === '') continue;
    const key = rules.keys.find(({ name }) => name === line.key);
    if (!key) problems.push(unknownKey(line, section.name, rules.keys));
    else problems.push(...checkLine(line, key, rules));
  }
  const once = rules.keys.filter(({ repeats }) => !repeats);
  return [...problems, ...once.flatMap(({ name }) => givenTwice(section.lines, name))];
}

function checkLine(line: UnitLine, key: QuadletKey, { quadlet, refusals }: Rules): Problem[] {
  const counts = linesOf(quadlet.unit, SECTIONS[quadlet.kind], key.name);
  const isUsed = key.repeats ? counts.includes(line) : counts.at(-1) === line;
  if (!isUsed) return [];
  const reason = key.option === undefined ? undefined : refusals.get(key.option);
  if (reason !== undefined) return [problemAt(line, `not supported: ${reason}`)];
  const wrong = key.check?.(unquote(line.value));
  return wrong === undefined ? [] : [problemAt(line, wrong)];
}

function unknownKey(line: UnitLine, section: string, keys: readonly QuadletKey[]): Problem {
  const near = didYouMean(
    line.key,
    keys.map(({ name }) => name),
  );
  return problemAt(line, `there is no such key in [${section}]${near}`);
}

/** In one file only the last counts; a drop-in may override it. */
function givenTwice(lines: readonly UnitLine[], name: string): Problem[] {
  const given = lines.filter(({ key, value }) => key === name && value !== '');
  return given.slice(1).flatMap((line, index) => {
    const before = given[index];
    if (before?.file !== line.file) return [];
    return [problemAt(line, `is given twice: line ${before.line} does not count`, 'warning')];
  });
}

/** systemd passes over times that it does not understand. */
function checkTimes({ lines }: UnitSection): Problem[] {
  return lines
    .filter(({ key, value }) => SERVICE_TIMES.test(key) && value !== '' && !TIME_SPAN.test(value.trim()))
    .map((line) => problemAt(line, `"${line.value}" is no time, as 90, 5min 20s or infinity`, 'warning'));
}

function checkQuadletSection({ lines }: UnitSection): Problem[] {
  return lines.flatMap((line) => {
    if (line.key === '') return [];
    if (line.key !== 'DefaultDependencies')
      return [unknownKey(line, 'Quadlet', [{ name: 'DefaultDependencies', repeats: false }])];
    if (line.value === '' || parseFlag(line.value) !== undefined) return [];
    return [problemAt(line, `"${line.value}" is neither yes nor no`)];
  });
}

function checkInstall({ lines }: UnitSection): Problem[] {
  return lines.flatMap((line) => {
    if (line.key === '') return [];
    if (!INSTALL_KEYS.includes(line.key))
      return [
        problemAt(line, `has no effect on generated units${didYouMean(line.key, INSTALL_KEYS)}`, 'warning'),
      ];
    if (line.key === 'DefaultInstance' || !line.value.includes('/')) return [];
    return [problemAt(line, `"${line.value}" is a path: write names of units`)];
  });
}

function unknownSection({ name, lines, comments }: UnitSection, own: string): Problem {
  const known = [own, 'Quadlet', ...PASSED_ON];
  const first = lines.find(({ key }) => key !== '') ?? comments[0] ?? { file: '', line: 0 };
  const near = didYouMean(name, known, (word) => `[${word}]`);
  const other = KINDS.find((kind) => SECTIONS[kind] === name);
  const hint = other === undefined ? near : `: it belongs into a .${other} file`;
  return {
    level: 'error',
    file: first.file,
    line: first.line,
    message: `there is no section [${name}] here${hint}`,
  };
}
