import { lstatSync, mkdirSync, chmodSync, chownSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { readRootfsFile } from '../../container/rootfs/rootfs-view';
import { resolveUser } from '../../container/create/user-lookup';
import { TspodError } from '../../lib/errors';
import type { Build } from '../engine/build';
import { engineErrorAt } from '../engine/engine-error';
import { layerFolder } from '../engine/layer-maker';
import type { StageState } from '../engine/stage-state';
import { makeBreather } from '../files/breather';
import { openLayerWriter } from '../files/layer-writer';
import type { CopyAttributes, LayerWriter } from '../files/layer-writer';
import { parseMode } from '../files/parse-mode';
import { selectSources, walkSource } from '../files/source-tree';
import type { Selected, SourceTree } from '../files/source-tree';
import { compileIgnoreRules } from '../language/ignore-rules';
import { errorAt } from '../language/language-error';
import type { AddInstruction, CopyInstruction, Word } from '../language/types';
import type { IgnoreFilter } from '../request';

/** What `COPY` or `ADD` has found: files of one tree. */
export interface CopyWork {
  tree: SourceTree;
  selected: { word: Word; found: Selected }[];
  exclude?: IgnoreFilter;
  /** Whether owners are kept where `--chown` says nothing. */
  keepsOwners: boolean;
}

/** Looks for the sources of an instruction. Error `not-found`, with the place of the word. */
export function findSources(
  tree: SourceTree,
  words: readonly Word[],
  instruction: CopyInstruction<Word> | AddInstruction<Word>,
): CopyWork {
  const deep = instruction.kind === 'copy' && instruction.parents;
  const selected = words.flatMap((word) => {
    try {
      return selectSources(tree, word.text, { deep }).map((found) => ({ word, found }));
    } catch (error) {
      throw error instanceof TspodError ? errorAt(word.at, error) : error;
    }
  });
  const patterns = instruction.exclude.map(({ text }) => text);
  return {
    tree,
    selected,
    ...(patterns.length > 0 ? { exclude: compileIgnoreRules(patterns) } : {}),
    keepsOwners: instruction.kind === 'copy' && instruction.from !== undefined,
  };
}

/** What the files of a copy are, so that the same text means the same layer. */
export async function contentOf(build: Build, { tree, selected, exclude }: CopyWork): Promise<unknown> {
  if (tree.identity !== undefined)
    return { tree: tree.identity, paths: selected.map(({ found }) => found.named) };
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  const breathe = makeBreather(build.signal);
  for (const { found } of selected) {
    hash.update(`${found.named}\0`);
    for (const { below, entry } of walkSource(tree, found, exclude)) {
      await breathe();
      const stats = lstatSync(entry.path, { bigint: true });
      const content = stats.isFile()
        ? await build.digests.of(entry.path, stats, breathe)
        : stats.isSymbolicLink()
          ? linkOf(entry.path)
          : '';
      hash.update(`${below.join('/')}\0${entry.stats.mode.toString(8)}\0${content}\0`);
    }
  }
  return hash.digest('hex');
}

function linkOf(path: string): string {
  return process.getBuiltinModule('node:fs').readlinkSync(path);
}

/** Where and how an instruction writes. */
export interface CopyTarget {
  folder: string;
  writer: LayerWriter;
  attributes: CopyAttributes;
  /** Of the destination, links resolved. */
  names: string[];
  isDirectory: boolean;
}

/** Opens a new layer for an instruction. Error with the place: an unknown user, a malformed mode. */
export function openTarget(
  build: Build,
  state: StageState,
  instruction: CopyInstruction<Word> | AddInstruction<Word>,
  several: boolean,
): CopyTarget {
  const folder = layerFolder(build);
  const all = state.layers.map(({ diff }) => diff).reverse();
  const { destination, chown, chmod, sources, link } = instruction;
  // with --link nothing is known of what is below
  const lowers = link ? [] : all;
  makeTop(`${folder}/diff`, lowers[0]);
  const breathe = makeBreather(build.signal);
  const writer = openLayerWriter(build.ctx, `${folder}/diff`, { lowers, breathe });
  const path = posix.resolve('/', state.config.WorkingDir ?? '/', destination.text);
  const { names, stats } = writer.resolve(path);
  const hasSlash = /(^|\/)\.?$/.test(destination.text);
  if (several && !hasSlash && !stats?.isDirectory() && sources.length > 1)
    throw errorAt(
      destination.at,
      new TspodError(
        'usage',
        `several sources need a directory, and "${destination.text}" has no slash at its end`,
        {
          hint: `write "${destination.text}/"`,
        },
      ),
    );
  const attributes: CopyAttributes = {
    ...(chown ? { owner: ownerOf(chown, all) } : {}),
    ...(chmod ? { mode: modeOf(chmod) } : {}),
  };
  return {
    folder,
    writer,
    attributes,
    names,
    isDirectory: several || hasSlash || (stats?.isDirectory() ?? false),
  };
}

/** The upper directory is what `/` looks like. */
export function makeTop(path: string, below: string | undefined): void {
  mkdirSync(path);
  const stats = below === undefined ? undefined : statSync(below);
  if (stats && (stats.uid !== 0 || stats.gid !== 0)) chownSync(path, stats.uid, stats.gid);
  chmodSync(path, (stats?.mode ?? 0o755) & 0o7777);
}

/** Writes the files into the layer. */
export async function copySources(
  work: CopyWork,
  target: CopyTarget,
  { parents }: { parents: boolean },
): Promise<void> {
  const { writer, attributes } = target;
  const into = { ...(attributes.owner ? { owner: attributes.owner } : {}) };
  for (const { word, found } of work.selected) {
    const base = parents ? [...target.names, ...parentsOf(word.text, found)] : target.names;
    const isDirectory = found.entry.stats.isDirectory();
    if (isDirectory || target.isDirectory || parents)
      writer.ensureDirectory(parents && !isDirectory ? base.slice(0, -1) : base, into);
    else writer.ensureDirectory(base.slice(0, -1), into);
    const top = isDirectory || parents || !target.isDirectory ? base : [...base, posix.basename(found.named)];
    for (const { below, entry } of walkSource(work.tree, found, work.exclude)) {
      if (below.length === 0 && isDirectory) continue;
      const { uid, gid } = entry.stats;
      await writer.put([...top, ...below], entry, {
        ...attributes,
        ...(work.keepsOwners && !attributes.owner ? { owner: { uid, gid } } : {}),
      });
    }
  }
}

/** With `--parents` the path of a source stays, or what follows `/./` in it. */
function parentsOf(pattern: string, { named }: Selected): string[] {
  const pivot = pattern.indexOf('/./');
  const skipped =
    pivot < 0
      ? 0
      : pattern
          .slice(0, pivot)
          .split('/')
          .filter((part) => part !== '' && part !== '.').length;
  return named.split('/').filter(Boolean).slice(skipped);
}

/** The ids that a user and group have in the stage. Error with the place: there is no such user. */
export function ownerOf({ text, at }: Word, lowers: readonly string[]): { uid: number; gid: number } {
  const view = { directories: lowers };
  try {
    const [user = '', group] = text.split(':');
    const files = {
      passwd: readRootfsFile(view, '/etc/passwd') ?? '',
      group: readRootfsFile(view, '/etc/group') ?? '',
    };
    // a lone number is the group's number too
    const both = group === undefined && /^\d+$/.test(user) ? `${user}:${user}` : text;
    const { uid, gid } = resolveUser(both, [], files);
    return { uid, gid };
  } catch (error) {
    throw error instanceof TspodError ? engineErrorAt(at, error) : error;
  }
}

function modeOf({ text, at }: Word): NonNullable<CopyAttributes['mode']> {
  try {
    return parseMode(text);
  } catch (error) {
    throw error instanceof TspodError ? errorAt(at, error) : error;
  }
}
