import { TspodError } from '../lib/errors';
import { explainStoreError } from '../store/store-error';
import { checkStoreVersion } from '../store/store-version';
import { checkArgumentCount } from './argument-count';
import type { CommandRow } from './command-table';
import { createContext } from './context';
import type { Command, Output } from './define-command';
import { tellOfEnvironment } from './environment';
import { globalOptions } from './global-options';
import { parseFlags } from './parse-flags';
import { reportError } from './report-error';
import { refuseCommand, resolveCommand } from './resolve-command';
import type { Resolved } from './resolve-command';

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs one command line (without the program's name) and returns its exit status; every error is reported. */
export async function runCommandLine(
  argv: readonly string[],
  env: Environment,
  output: Output,
): Promise<number> {
  const told = { debug: false };
  try {
    return await dispatch(argv, env, output, told);
  } catch (error) {
    return reportError(error, output, told.debug);
  }
}

async function dispatch(
  argv: readonly string[],
  env: Environment,
  output: Output,
  told: { debug: boolean },
): Promise<number> {
  const found = resolveCommand(argv);
  told.debug = isDebug(found.global);
  if (found.row !== undefined) return runCommand({ row: found.row, found, argv }, env, output, told);
  if (found.global['version'] === true) {
    const { VERSION } = await import('../lib/version');
    output.print(`tspod version ${VERSION}`);
    return 0;
  }
  const { printGroupHelp } = await import('./group-help');
  printGroupHelp(found.group, output);
  if (found.help) return 0;
  const missing = `missing command 'tspod ${found.spoken === '' ? '' : `${found.spoken} `}COMMAND'`;
  throw new TspodError('usage', missing);
}

async function runCommand(
  { row, found, argv }: { row: CommandRow; found: Resolved; argv: readonly string[] },
  env: Environment,
  output: Output,
  told: { debug: boolean },
): Promise<number> {
  if (row.load === undefined) throw refuseCommand(row, found.spoken);
  const command: Command = (await row.load()).default;
  const name = `tspod ${found.spoken}`;
  if (found.help) return printHelp(command, row, name, output);
  const parsed = parseFlags(grammarOf(command, name), found.rest);
  const global = { ...found.global, ...parsed.global };
  told.debug = isDebug(global);
  if (parsed.help) return printHelp(command, row, name, output);
  checkArgumentCount(command.args, parsed.args, name);
  const ctx = createContext(env, global, output);
  ctx.flushEvents = async () => (await import('./flush-events')).flushEvents(ctx);
  tellOfEnvironment(ctx);
  if (command.storeless !== true) checkStoreVersion(ctx);
  if (command.userns === true && !ctx.hasIds) {
    const { reenter } = await import('../runtime/enter');
    return reenter(ctx, argv);
  }
  try {
    if (command.configured === true) await (await import('./options/configure')).configure(ctx);
    return (await command.run(ctx, parsed.flags as never, parsed.args, output)) ?? 0;
  } catch (error) {
    throw explainStoreError(ctx.paths.root, error);
  } finally {
    if (ctx.pendingEvents && ctx.pendingEvents.length > 0) await ctx.flushEvents();
  }
}

function grammarOf(command: Command, name: string): Parameters<typeof parseFlags>[0] {
  const { options, interspersed = true } = command;
  return { options, global: globalOptions, interspersed, command: name };
}

async function printHelp(command: Command, row: CommandRow, name: string, output: Output): Promise<number> {
  const { commandHelp } = await import('./help');
  output.write(await commandHelp(command, row, name));
  return 0;
}

function isDebug(global: Resolved['global']): boolean {
  return global['log-level'] === 'debug' || global['log-level'] === 'trace';
}
