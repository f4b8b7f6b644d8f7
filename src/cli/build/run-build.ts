import { NeedsWorker } from '../../build/build-image';
import { isRemoteContext, openNamedContexts, parseNamedContext } from '../../build/context/named-contexts';
import { needsPlace, openContext } from '../../build/context/open-context';
import { parseContainerfile } from '../../build/language/parse-containerfile';
import type { BuildOutput } from '../../build/request';
import type { Context } from '../../lib/context';
import { hasPrivateMounts, reenterPrivately } from '../../runtime/enter';
import type { Output } from '../define-command';
import type { BuildFlags } from '../options/build/build-options';
import { buildPrinter } from '../print/build/build-report';
import type { BuildPrinter } from '../print/build/printer';
import { buildInterruptibly } from './build-interruptibly';
import { makeRequest } from './make-request';
import type { BuildSettings } from './make-request';
import { openPlaces } from './places';
import type { Places } from './places';
import { spoolPipe } from './spool-pipe';
import { copyOut, tellResult } from './tell-result';

/** One call of `build`. */
interface Call {
  flags: BuildFlags;
  context: string | undefined;
  settings: BuildSettings;
  printer: BuildPrinter;
  places: Places;
  output: Output;
}

/**
 * Runs `build`: as far as the cache goes in this process; else again as uid 0 of the common user namespace, with mounts of
 * its own. What can be read only once, or has to be put somewhere, is read there only.
 */
export async function runBuild(
  ctx: Context,
  flags: BuildFlags,
  context: string | undefined,
  output: Output,
): Promise<void> {
  const settings = await makeRequest(ctx, flags);
  const usesInput = context === '-' || (flags.stdin ?? false) || flags.file.some((file) => file === '-');
  const words = spoolPipe(process.argv.slice(2), { files: flags.file, usesInput });
  if (words !== undefined) return reenterPrivately(ctx, words);
  const isRemote = needsPlace({ context, files: flags.file }) || namedOf(flags).some(isRemoteContext);
  const isPlaced = isRemote || settings.outputs.some(isStandardOutput) || settings.cache.to.length > 0;
  if (isPlaced && !hasPrivateMounts(ctx)) return reenterPrivately(ctx, process.argv.slice(2));
  const printer = buildPrinter(reportOptions(flags));
  const places = openPlaces(ctx);
  try {
    await buildHere(ctx, { flags, context, settings, printer, places, output });
  } catch (error) {
    printer.close();
    if (error instanceof NeedsWorker) return reenterPrivately(ctx, process.argv.slice(2));
    throw error;
  } finally {
    places.remove();
  }
}

async function buildHere(
  ctx: Context,
  { flags, context, settings, printer, places, output }: Call,
): Promise<void> {
  const asked = { context, files: flags.file, ignoreFile: flags.ignorefile, cppFlags: flags['cpp-flag'] };
  const { sources, context: directory } = await openContext(ctx, asked, places.open);
  const [first = { text: '', file: '' }, ...others] = sources;
  const archive = settings.outputs.some(isStandardOutput) ? `${places.open().path}/output.tar` : undefined;
  const request = {
    ...settings,
    outputs: settings.outputs.map((each) => ({
      ...each,
      path: isStandardOutput(each) ? (archive ?? '') : each.path,
    })),
    containerfile: parseContainerfile(first.text, first.file, ...others),
    ...(directory ? { context: directory } : {}),
    namedContexts: await openNamedContexts(ctx, namedOf(flags), places.open),
    report: printer.report,
  };
  const result = await buildInterruptibly(ctx, request, printer);
  printer.close();
  if (archive === undefined) return tellResult(result, flags, output);
  copyOut(archive, output);
  // nothing else comes into the archive
  tellResult(result, flags, { ...output, print: (line) => output.note(line) });
}

function namedOf(flags: BuildFlags) {
  return flags['build-context'].map(parseNamedContext);
}

function isStandardOutput({ kind, path }: BuildOutput): boolean {
  return kind !== 'local' && path === '-';
}

function reportOptions(flags: BuildFlags): Parameters<typeof buildPrinter>[0] {
  const { logfile } = flags;
  return {
    kind: flags.progress as 'auto' | 'plain' | 'tty',
    quiet: flags.quiet ?? false,
    ...(logfile === undefined ? {} : { logFile: logfile }),
    splitLog: flags.logsplit ?? false,
  };
}
