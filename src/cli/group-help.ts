import { wordsOf } from './command-table';
import type { GroupRow } from './command-table';
import type { OptionTable, Output } from './define-command';
import { rootOptions } from './global-options';

/** Prints the help of a group, or without one of tspod itself: its commands, and the global options. */
export function printGroupHelp(group: GroupRow | undefined, output: Output): void {
  const summary = group?.summary ?? 'Manage containers and images without root and without a daemon';
  output.print(`${summary}\n`);
  if (group?.description !== undefined) output.print(`Description:\n  ${group.description}\n`);
  output.print(`Usage:\n  tspod ${group === undefined ? '[options]' : group.path} [command]\n`);
  const words = wordsOf(group?.path ?? '');
  printWords(
    'Available Commands:',
    words.filter((each) => each.ready),
    output,
  );
  printWords(
    'Known to Podman, not there:',
    words.filter((each) => !each.ready),
    output,
  );
  if (group === undefined) printOptions(rootOptions, output);
}

function printWords(title: string, words: { word: string; summary: string }[], output: Output): void {
  if (words.length === 0) return;
  const width = Math.max(11, ...words.map(({ word }) => word.length));
  output.print(title);
  for (const { word, summary } of words) output.print(`  ${word.padEnd(width)} ${summary}`);
  output.print('');
}

function printOptions(options: OptionTable, output: Output): void {
  const rows = Object.entries(options)
    .filter(([, option]) => option.hidden !== true)
    .map(([name, option]) => {
      const value = option.type === 'boolean' ? '' : ` ${option.value ?? option.type}`;
      return {
        left: `${option.short === undefined ? '   ' : `-${option.short},`} --${name}${value}`,
        option,
      };
    });
  const width = Math.max(...rows.map(({ left }) => left.length));
  output.print('Options:');
  for (const { left, option } of rows) output.print(`  ${left.padEnd(width)}   ${option.description}`);
}
