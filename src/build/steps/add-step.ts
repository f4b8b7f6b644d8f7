import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { TspodError } from '../../lib/errors';
import { detectCompression } from '../../store/compression';
import type { Build } from '../engine/build';
import type { StageState } from '../engine/stage-state';
import { sourceTree } from '../engine/source-of';
import { errorAt } from '../language/language-error';
import type { AddInstruction, Word } from '../language/types';
import { findSources } from './copy-step';
import type { CopyWork } from './copy-step';
import { fetchUrl } from './fetch-url';
import { unpackArchive } from './unpack-archive';

/** What `ADD` has found, archives unpacked and URLs fetched. */
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
  for (const word of urls) works.push(await addUrl(build, instruction, word));
  if (paths.length > 0) {
    const tree = await sourceTree(build, state, undefined, instruction.at, () =>
      Promise.reject(new Error('ADD has no --from')),
    );
    const work = findSources(tree, paths, instruction);
    works.push(...(await unpackAmong(build, instruction, work)));
  }
  return { works, identity: [instruction.unpack ?? null, instruction.sources.map(({ text }) => text)] };
}

function isUrl(text: string): boolean {
  return /^(https?|ftp|git|ssh):\/\/|^git@/.test(text);
}

async function addUrl(build: Build, instruction: AddInstruction<Word>, word: Word): Promise<CopyWork> {
  if (!/^https?:\/\//.test(word.text) || /\.git(#.*)?$/.test(word.text))
    throw errorAt(
      word.at,
      new TspodError('unsupported', `"${word.text}": ADD fetches http and https only`, {
        hint: 'clone the repository in a RUN, or make it a build context: --build-context NAME=URL',
      }),
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
  const plain = work.selected.filter(
    ({ found }) => !found.entry.stats.isFile() || !isArchive(found.entry.path),
  );
  const archives = work.selected.filter((each) => !plain.includes(each));
  const unpacked: CopyWork[] = [];
  for (const { word, found } of archives) {
    const folder = await unpackArchive(build, found.entry.path);
    const tree = { view: { directories: [folder] }, name: `"${found.named}"` };
    const top = {
      names: [],
      named: '',
      entry: { path: folder, stats: process.getBuiltinModule('node:fs').lstatSync(folder) },
    };
    unpacked.push({ tree, selected: [{ word, found: top }], keepsOwners: true });
  }
  return [...(plain.length > 0 ? [{ ...work, selected: plain }] : []), ...unpacked];
}

/** Whether a file is a tar archive, or something compressed that may be one. */
function isArchive(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const head = Buffer.alloc(512);
    if (fstatSync(descriptor).size < 20) return false;
    readSync(descriptor, head, 0, 512, 0);
    if (detectCompression(head) !== 'none') return true;
    return head.toString('latin1', 257, 262) === 'ustar';
  } finally {
    closeSync(descriptor);
  }
}
