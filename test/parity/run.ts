// run.ts [--list] [GROUP...]: runs each line of test/parity/GROUP.txt, and the wrong command lines made from the
// definitions (the group bad-input), with Podman and with tspod, and compares. --list prints the differences that
// docs/differences.md does not have as rows for it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../helpers/project';
import { badInput } from './bad-input';
import { unknownCommands } from './known-commands';
import { unknownOptions } from './known-options';
import { compareOutcomes } from './compare';
import { differenceRow, readDifferences } from './differences';
import type { Difference } from './differences';
import { closePlace, openPlace, runLine } from './engine';
import type { Outcome, Place } from './engine';

const BAD_INPUT = 'bad-input';
const folder = join(project, 'test/parity');
const args = process.argv.slice(2);
const wanted = args.filter((word) => !word.startsWith('--'));
const isListing = args.includes('--list');
/** Listed lines that were compared, and whether the difference was there: a line may stand in several places. */
const compared = new Map<string, boolean>();
const total = { lines: 0, listed: 0, wrong: 0 };

const listed = readDifferences(join(project, 'docs/differences.md'));
const groups = [...readdirSync(folder).flatMap((name) => /^(.*)\.txt$/.exec(name)?.[1] ?? []), BAD_INPUT];
for (const group of groups.sort()) {
  if (wanted.length === 0 || wanted.includes(group)) await runGroup(group);
}
if (wanted.length === 0 || wanted.includes(BAD_INPUT)) {
  lookForUnknown(unknownCommands());
  lookForUnknown(await unknownOptions());
}
tellOfGone();
console.log(`${total.lines} lines compared, ${total.listed} listed differences, ${total.wrong} to look at`);
process.exitCode = total.wrong === 0 ? 0 : 1;

function tellOfGone(): void {
  for (const [line, isThere] of compared) if (!isThere) tell(`no difference any more: ${line}`);
  if (wanted.length > 0) return;
  for (const line of listed.keys()) if (!compared.has(line)) tell(`listed, but not compared: ${line}`);
}

/** Commands and options that Podman has, and tspod neither has nor refuses by name. */
function lookForUnknown({ count, lines }: { count: number; lines: readonly string[] }): void {
  total.lines += count;
  for (const line of lines) {
    if (listed.has(line)) {
      compared.set(line, true);
      total.listed += 1;
    } else tell(`not known to tspod: ${line}`);
  }
}

async function runGroup(group: string): Promise<void> {
  const lines = group === BAD_INPUT ? await badInput() : linesOf(group);
  const place = openPlace(group);
  try {
    for (const line of lines) compareLine(place, line);
  } finally {
    closePlace(place);
  }
}

function linesOf(group: string): string[] {
  const text = readFileSync(join(folder, `${group}.txt`), 'utf8');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** Lines that begin with `+` only prepare: what they say is not compared. */
function compareLine(place: Place, text: string): void {
  const line = text.replace(/^\+ /, '');
  const [podman, tspod] = [runLine(place, line, 'podman'), runLine(place, line, 'tspod')];
  if (line !== text) return;
  total.lines += 1;
  const aspects = compareOutcomes(podman, tspod).join(', ');
  const known = listed.get(line);
  if (known !== undefined) compared.set(line, compared.get(line) === true || aspects === known.aspects);
  if (aspects !== '' && aspects === known?.aspects) total.listed += 1;
  if (aspects === '' || aspects === known?.aspects) return;
  if (isListing) return tell(differenceRow({ line, aspects, reason: known?.reason ?? '' }));
  tell(describe({ line, aspects, reason: known?.aspects ?? 'nothing' }, podman, tspod));
}

function describe({ line, aspects, reason }: Difference, podman: Outcome, tspod: Outcome): string {
  const says = ({ code, stdout, stderr }: Outcome): string =>
    `[${code}] ${stdout.slice(0, 600).trimEnd()} :: ${stderr.trimEnd().split('\n').slice(-2).join(' / ')}`;
  return `--- ${line}\n  ${aspects}; listed: ${reason}\n  podman ${says(podman)}\n  tspod  ${says(tspod)}`;
}

function tell(text: string): void {
  total.wrong += 1;
  console.log(text);
}
