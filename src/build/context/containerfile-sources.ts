import { readFileSync, statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { describeError, isErrno, TspodError } from '../../lib/errors';
import type { ContainerfileSource } from '../language/parse-containerfile';

/** Those that are looked for in a context. */
const NAMES = ['Containerfile', 'Dockerfile'];

/** Where Containerfiles come from. */
export interface ContainerfilePlaces {
  /** `--file`, as typed; `-` is standard input. */
  files: readonly string[];
  /** The context's directory; undefined: there is none. */
  context: string | undefined;
  readInput(): string;
  /** The text of an address. */
  fetch(url: string): Promise<string>;
  /** Runs a file through the C preprocessor. */
  preprocess(path: string): string;
}

/**
 * The texts of the Containerfiles that were named, or of the one in the context. Error `not-found`: there is none; `invalid`: it
 * is a directory.
 */
export async function readContainerfiles(places: ContainerfilePlaces): Promise<ContainerfileSource[]> {
  if (places.files.length === 0) return [readFound(places)];
  const sources: ContainerfileSource[] = [];
  for (const file of places.files) sources.push(await readNamed(file, places));
  return sources;
}

function readFound({ context, preprocess }: ContainerfilePlaces): ContainerfileSource {
  if (context === undefined)
    throw new TspodError('usage', 'no context directory and no Containerfile specified');
  for (const name of [...NAMES, ...NAMES.map((each) => `${each}.in`)]) {
    const path = join(context, name);
    const text = readIfThere(path, preprocess);
    if (text !== undefined) return { text, file: name, path };
  }
  throw new TspodError(
    'not-found',
    `no Containerfile or Dockerfile specified or found in context directory, ${context}: no such file or directory`,
    { hint: 'name one with --file PATH' },
  );
}

async function readNamed(file: string, places: ContainerfilePlaces): Promise<ContainerfileSource> {
  if (file === '-' || file === '/dev/stdin') return { text: places.readInput(), file: 'standard input' };
  if (/^https?:\/\//.test(file))
    return { text: await places.fetch(file), file: basename(new URL(file).pathname) || file };
  const inContext = places.context === undefined || isAbsolute(file) ? [] : [join(places.context, file)];
  for (const path of [file, ...inContext]) {
    const text = readIfThere(path, places.preprocess);
    if (text !== undefined) return { text, file, path };
  }
  throw new TspodError(
    'not-found',
    `the specified Containerfile or Dockerfile does not exist, ${file}: no such file or directory`,
    { hint: 'a path is looked for in the working directory, then in the context' },
  );
}

function readIfThere(path: string, preprocess: (path: string) => string): string | undefined {
  try {
    if (statSync(path).isDirectory())
      throw new TspodError('usage', `containerfile: "${path}" cannot be path to a directory`);
    return path.endsWith('.in') ? preprocess(path) : readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof TspodError) throw error;
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw new TspodError('system', `reading the Containerfile: ${describeError(error)}`, { cause: error });
  }
}
