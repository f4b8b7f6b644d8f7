import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { downloadFile } from '../../image/download/download-file';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { Staging } from '../../store/staging';
import type { ContainerfileSource } from '../language/parse-containerfile';
import { cloneRepository } from './clone-repository';
import { readContainerfiles } from './containerfile-sources';
import { findIgnoreRules } from './find-ignore-file';
import { parseGitAddress } from './git-address';
import { preprocess } from './preprocess';
import { isTarFile, unpackContext } from './unpack-context';
import type { DirectoryContext } from '../request';

/** The context and the Containerfiles of a build, as typed. */
export interface ContextRequest {
  /** A directory, `-`, an address, or a repository; undefined: none was given. */
  context: string | undefined;
  files: readonly string[];
  ignoreFile: string | undefined;
  cppFlags: readonly string[];
}

/** What was found. */
export interface OpenedContext {
  sources: ContainerfileSource[];
  /** Absent when only a Containerfile was given. */
  context?: DirectoryContext;
}

/** A place for what is fetched, with all ids of the user; removed by its owner when the build has ended. */
type Place = () => Staging;

/** Whether this can only be read once, or has to be put somewhere: the build then runs where it has all ids from the start. */
export function needsPlace({ context, files }: Pick<ContextRequest, 'context' | 'files'>): boolean {
  const isRemote = context !== undefined && (context === '-' || isAddress(context));
  return isRemote || files.some((file) => file === '-' || file === '/dev/stdin' || isAddress(file));
}

/** Whether a context is no path. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//.test(text) || parseGitAddress(text) !== undefined;
}

/** Finds the context, the Containerfiles and the rules of what is ignored. Errors: `usage`, `not-found`, `invalid`, `network`, `machine`. */
export async function openContext(
  ctx: Context,
  request: ContextRequest,
  place: Place,
): Promise<OpenedContext> {
  const found = await findDirectory(ctx, request, place);
  const sources = found.sources ?? (await readSources(ctx, request, { directory: found.directory, place }));
  if (found.directory === undefined) return { sources };
  const containerfiles = sources.flatMap(({ path }) => path ?? []);
  const ignore = findIgnoreRules(found.directory, { named: request.ignoreFile, containerfiles });
  return { sources, context: { kind: 'directory', path: found.directory, ignore } };
}

interface Found {
  directory?: string;
  /** When the context is only a Containerfile. */
  sources?: ContainerfileSource[];
}

async function findDirectory(ctx: Context, request: ContextRequest, place: Place): Promise<Found> {
  const { context, files } = request;
  if (context === undefined) {
    const local = files.find((file) => file !== '-' && file !== '/dev/stdin' && !isAddress(file));
    return local === undefined ? {} : { directory: localDirectory(dirname(resolve(local))) };
  }
  if (context === '-') return fromInput(ctx, place);
  if (isAddress(context)) return fetchContext(ctx, context, place);
  return { directory: localDirectory(context) };
}

/** The full, real path. */
export function localDirectory(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return realpathSync(path);
  throw new TspodError('usage', `context must be a directory: ${JSON.stringify(resolve(path))}`, {
    hint: statSync(path, { throwIfNoEntry: false })?.isFile()
      ? `a Containerfile is given with --file, an archive through standard input: build - < ${path}`
      : 'give a directory, -, or the address of an archive or of a git repository',
  });
}

async function fromInput(ctx: Context, place: Place): Promise<Found> {
  const staging = place();
  const unpacked = await unpackContext(ctx, staging, undefined);
  return 'directory' in unpacked ? unpacked : { sources: [{ text: unpacked.text, file: 'standard input' }] };
}

/** An archive, a Containerfile or a repository. */
export async function fetchContext(ctx: Context, address: string, place: Place): Promise<Found> {
  const staging = place();
  const git = parseGitAddress(address);
  if (git !== undefined)
    return { directory: (await cloneRepository(ctx, git, { target: `${staging.path}/git` })).directory };
  const path = `${staging.path}/download`;
  await downloadFile(ctx, address, { path });
  if (isTarFile(path)) {
    const unpacked = await unpackContext(ctx, staging, path);
    if ('directory' in unpacked) return unpacked;
  }
  return {
    sources: [{ text: readFileSync(path, 'utf8'), file: basename(new URL(address).pathname) || address }],
  };
}

function readSources(
  ctx: Context,
  { files, cppFlags }: ContextRequest,
  { directory, place }: { directory: string | undefined; place: Place },
): Promise<ContainerfileSource[]> {
  let count = 0;
  return readContainerfiles({
    files,
    context: directory,
    readInput,
    async fetch(url) {
      const path = `${place().path}/containerfile-${count++}`;
      await downloadFile(ctx, url, { path });
      return readFileSync(path, 'utf8');
    },
    preprocess: (path) => preprocess(ctx, path, { context: directory, flags: cppFlags }),
  });
}

/** All of standard input. Error `usage`: it is a terminal. */
function readInput(): string {
  if (process.getBuiltinModule('node:tty').isatty(0))
    throw new TspodError('usage', 'standard input is a terminal', {
      hint: 'write: build -f - DIRECTORY < FILE',
    });
  return readFileSync(0, 'utf8');
}
