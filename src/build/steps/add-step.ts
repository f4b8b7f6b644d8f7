import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { TspodError } from '../../lib/errors';
import { detectCompression } from '../../store/compression';
import { decompress } from '../../store/decompress';
import type { Build } from '../engine/build';
import type { StageState } from '../engine/stage-state';
import { sourceTree } from '../engine/source-of';
import { cloneRepository } from '../context/clone-repository';
import { parseGitAddress } from '../context/git-address';
import type { GitAddress } from '../context/git-address';
import type { Selected } from '../files/source-tree';
import { errorAt } from '../language/language-error';
import type { AddInstruction, Word } from '../language/types';
import { findSources } from './copy-step';
import type { CopyWork } from './copy-step';
import { fetchUrl } from './fetch-url';
import { unpackArchive } from './unpack-archive';

/** What `ADD` has found, archives unpacked, URLs and repositories fetched. */
export interface AddWork {
  works: CopyWork[];
  /** What the key needs besides the files. */
  identity?: unknown;
}

/** Looks at the sources of an `ADD`. Error with the place: a source that is missing, a URL that cannot be fetched. */
export async function prepareAdd(
  build: Build,
  state: StageState,
  instruction: AddInstruction<Word>,
): Promise<AddWork> {
  const urls = instruction.sources.filter(({ text }) => isUrl(text));
  const paths = instruction.sources.filter(({ text }) => !isUrl(text));
  const works: CopyWork[] = [];
  for (const word of urls) {
    const git = parseGitAddress(word.text);
    works.push(
      await (git ? addRepository(build, instruction, { word, git }) : addUrl(build, instruction, word)),
    );
  }
  if (paths.length > 0) {
    const stageOf = (): Promise<never> => Promise.reject(new Error('ADD has no --from'));
    const tree = await sourceTree(build, state, undefined, instruction.at, {
      stageOf,
      tell: () => undefined,
    });
    const work = findSources(tree, paths, instruction);
    works.push(...(await unpackAmong(build, instruction, work)));
  }
  return { works, identity: [instruction.unpack ?? null, instruction.sources.map(({ text }) => text)] };
}

function isUrl(text: string): boolean {
  return /^(https?|ftp|git|ssh):\/\/|^[\w.-]+@[\w.-]+:/.test(text);
}

async function addRepository(
  build: Build,
  { checksum, keepGitDir: keepGit }: AddInstruction<Word>,
  { word, git }: { word: Word; git: GitAddress },
): Promise<CopyWork> {
  const target = `${build.staging().path}/${build.nextName('git')}`;
  try {
    const { directory, commit } = await cloneRepository(build.ctx, git, {
      ...{ target, keepGit, signal: build.signal },
    });
    checkCommit(commit, checksum, word);
    const tree = {
      view: { directories: [directory] },
      ...{
        identity: `git ${commit} ${git.directory ?? ''} ${keepGit}`,
        name: `"${word.text}"`,
        isContext: true,
      },
    };
    return { tree, selected: [{ word, found: topOf(directory, word.text) }], keepsOwners: false };
  } catch (error) {
    throw error instanceof TspodError && error.excerpt.length === 0 ? errorAt(word.at, error) : error;
  }
}

/** The checksum of a repository is the beginning of its commit. */
function checkCommit(commit: string, checksum: Word | undefined, { text }: Word): void {
  if (checksum === undefined || (checksum.text !== '' && commit.startsWith(checksum.text.toLowerCase())))
    return;
  const message = `"${text}" is at another commit: expected ${checksum.text}, got ${commit}`;
  throw errorAt(
    checksum.at,
    new TspodError('invalid', message, { hint: 'name the commit behind the address: URL#COMMIT' }),
  );
}

/** All that is in a directory. */
function topOf(path: string, named: string): Selected {
  return { names: [], named, entry: { path, stats: process.getBuiltinModule('node:fs').lstatSync(path) } };
}

async function addUrl(build: Build, instruction: AddInstruction<Word>, word: Word): Promise<CopyWork> {
  if (!/^https?:\/\//.test(word.text))
    throw errorAt(
      word.at,
      new TspodError('unsupported', `"${word.text}": ADD fetches http, https and git repositories only`),
    );
  try {
    const fetched = await fetchUrl(build, word.text, instruction.checksum?.text);
    const tree = { view: { directories: [fetched.folder] }, name: `"${word.text}"` };
    const work = findSources(tree, [{ ...word, text: fetched.name }], instruction);
    return instruction.unpack === true ? ((await unpackAmong(build, instruction, work))[0] ?? work) : work;
  } catch (error) {
    throw error instanceof TspodError && error.excerpt.length === 0 ? errorAt(word.at, error) : error;
  }
}

/** An archive of the context is unpacked unless `--unpack=false`: its content takes its place. */
async function unpackAmong(
  build: Build,
  { unpack }: AddInstruction<Word>,
  work: CopyWork,
): Promise<CopyWork[]> {
  if (unpack === false) return [work];
  const plain: typeof work.selected = [];
  const archives: typeof work.selected = [];
  for (const each of work.selected) {
    const { stats, path } = each.found.entry;
    const list = stats.isFile() && (await isArchive(path)) ? archives : plain;
    list.push(each);
  }
  const unpacked: CopyWork[] = [];
  for (const { word, found } of archives) {
    const folder = await unpackArchive(build, found.entry.path);
    const tree = { view: { directories: [folder] }, name: `"${found.named}"` };
    unpacked.push({ tree, selected: [{ word, found: topOf(folder, '') }], keepsOwners: true });
  }
  return [...(plain.length > 0 ? [{ ...work, selected: plain }] : []), ...unpacked];
}

/** Whether a file is a tar archive, packed or not: something else that is packed stays as it is. */
async function isArchive(path: string): Promise<boolean> {
  const descriptor = openSync(path, 'r');
  try {
    if (fstatSync(descriptor).size < 20) return false;
    const head = await firstBlock(descriptor);
    return head.toString('latin1', 257, 262) === 'ustar';
  } finally {
    closeSync(descriptor);
  }
}

/** The first 512 bytes of what a file holds, unpacked; fewer of a file that is damaged, or of no known kind. */
async function firstBlock(descriptor: number): Promise<Buffer> {
  let position = 0;
  const next = (): Buffer | undefined => {
    const chunk = Buffer.alloc(1 << 14);
    const length = readSync(descriptor, chunk, 0, chunk.length, position);
    position += length;
    return length === 0 ? undefined : chunk.subarray(0, length);
  };
  const start = next() ?? Buffer.alloc(0);
  const rest = [start];
  let head = Buffer.alloc(0);
  try {
    for await (const chunk of decompress(detectCompression(start), () => rest.pop() ?? next())) {
      head = Buffer.concat([head, chunk]);
      if (head.length >= 512) break;
    }
  } catch (error) {
    if (!(error instanceof TspodError)) throw error;
    // bzip2 is not unpacked here: that it is an archive is told where it is unpacked
    if (error.code === 'unsupported') return Buffer.from('ustar'.padStart(262, '\0'), 'latin1');
  }
  return head;
}
