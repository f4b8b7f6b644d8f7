import yargs from 'yargs/yargs';
import type { Argv, Options } from 'yargs';
import type { CommandRow } from './command-table';
import type { Command, OptionDefinition } from './define-command';
import { wrapText } from './wrap';

/** Narrower than this, an option's description gets no column of its own. */
const NARROWEST = 60;
const WIDEST = 100;

/**
 * The help of one command, made from its definition; yargs lays out the options. This is the only place that loads
 * yargs: it costs more than the whole rest of a start, so the command line itself is read by `parseFlags`.
 */
export async function commandHelp(command: Command, row: CommandRow, name: string): Promise<string> {
  const head = [
    row.summary,
    section('Description', command.description && wrapText(command.description, width() - 2)),
    section('Usage', [`${name} ${command.usage}`.trimEnd()]),
    section('Aliases', aliasesOf(row, name)),
    section('Examples', command.examples),
  ];
  const options = await optionsHelp(command);
  return `${[...head, options].filter((part) => part !== '').join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[] | '' | undefined): string {
  if (lines === undefined || lines === '' || lines.length === 0) return '';
  return `${title}:\n${lines.map((line) => `  ${line}`.trimEnd()).join('\n')}`;
}

function aliasesOf(row: CommandRow, name: string): string[] {
  const paths = [row.path, ...(row.aliases ?? [])].map((path) => `tspod ${path}`);
  return paths.length < 2 ? [] : [name, ...paths.filter((path) => path !== name)];
}

async function optionsHelp(command: Command): Promise<string> {
  const parser: Argv = yargs([])
    .scriptName('tspod')
    .locale('en')
    .updateStrings({ 'Options:': 'Options:' })
    .usage('')
    .version(false)
    .help('help', 'Show this help')
    .wrap(width());
  const names = Object.keys(command.options).sort();
  for (const name of names) {
    const option = command.options[name] as OptionDefinition;
    if (option.hidden !== true && option.refuse === undefined) parser.option(name, yargsOption(name, option));
  }
  return (await parser.getHelp()).trim();
}

/** Of the terminal, within limits. */
function width(): number {
  return Math.min(WIDEST, Math.max(NARROWEST, process.stdout.columns ?? WIDEST));
}

function yargsOption(name: string, option: OptionDefinition): Options {
  const { type, short, choices, description, value, default: preset } = option;
  const shown = value === undefined ? description : `${description} (${value})`;
  const alias = [...(short === undefined ? [] : [short]), ...(option.aliases ?? [])];
  return {
    describe: shown,
    ...(type === 'list' ? { array: true, string: true } : { type }),
    ...(alias.length === 0 ? {} : { alias }),
    ...(choices === undefined ? {} : { choices }),
    // some descriptions tell it themselves
    ...(!preset || /default/.test(description) ? {} : { default: preset }),
    ...(name === 'help' ? { hidden: true } : {}),
  } satisfies Options;
}
