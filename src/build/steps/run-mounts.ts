import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { findRootfsPlace } from '../../container/rootfs-view';
import { TspodError } from '../../lib/errors';
import { mountOverlay, unmountAll } from '../../runtime/mounts';
import { buildCachePaths } from '../../store/build-cache-paths';
import { digestHex, digestOf } from '../../store/digest';
import { lockFile } from '../../sys/file-lock';
import type { FileLock } from '../../sys/file-lock';
import type { UserMount } from '../../volume/types';
import { startAgent } from './ssh-agent';
import type { Build } from '../engine/build';
import type { StageState } from '../engine/stage-state';
import { contentOf } from './copy-step';
import { walkSource } from '../files/source-tree';
import type { SourceTree } from '../files/source-tree';
import { errorAt } from '../language/language-error';
import type { BindMount, CacheMount, RunMount, SecretMount, SshMount } from '../language/run-mount';
import type { RunInstruction, SourceRange, Word } from '../language/types';

/** Finds where a mount's `from` leads. */
export type FindSource = (from: Word | undefined, at: SourceRange) => Promise<SourceTree>;

/** What a `RUN` sees besides its layers. */
export interface PreparedMounts {
  mounts: UserMount[];
  env: Record<string, string>;
  /** Where something is mounted. */
  targets: string[];
  release(): void;
}

type Draft = PreparedMounts & { undo: (() => void)[] };

/** What of the mounts decides about the result of a `RUN`: the content of `bind`, not that of caches and secrets. */
export async function mountsKey(
  build: Build,
  instruction: RunInstruction<Word>,
  find: FindSource,
): Promise<unknown[]> {
  const parts: unknown[] = [];
  for (const { at, ...mount } of instruction.mounts) {
    const words = JSON.stringify(mount, (key, value: unknown) => (key === 'at' ? undefined : value));
    if (mount.type !== 'bind') {
      parts.push(words);
      continue;
    }
    const tree = await find(fromOf({ ...mount, at }), at);
    const found = place(tree, mount.source ?? '/', at);
    parts.push(
      words,
      contentOf(build, { tree, selected: [{ word: { text: '', at }, found }], keepsOwners: true }),
    );
  }
  return parts;
}

/** Makes the mounts of a `RUN` ready. Error with the place: a source or a secret that is required and missing. */
export async function prepareMounts(
  build: Build,
  state: StageState,
  instruction: RunInstruction<Word>,
  find: FindSource,
): Promise<PreparedMounts> {
  const draft: Draft = { mounts: [], env: {}, targets: [], undo: [], release: () => undefined };
  draft.release = () =>
    draft.undo
      .splice(0)
      .reverse()
      .forEach((undo) => undo());
  try {
    for (const mount of instruction.mounts) await prepare(build, state, { mount, draft, find });
    addScript(build, instruction, draft);
  } catch (error) {
    draft.release();
    throw error;
  }
  draft.targets = draft.mounts.map(({ target }) => target);
  return draft;
}

interface Preparing {
  mount: RunMount;
  draft: Draft;
  find: FindSource;
}

async function prepare(build: Build, state: StageState, preparing: Preparing): Promise<void> {
  const { mount, draft } = preparing;
  const targetOf = (path: string): string => posix.resolve('/', state.config.WorkingDir ?? '/', path);
  switch (mount.type) {
    case 'bind':
      return prepareBind(build, mount, targetOf(mount.target), preparing);
    case 'cache':
      return prepareCache(build, mount, targetOf(mount.target), preparing);
    case 'tmpfs': {
      const size = mount.size === undefined ? [] : [`size=${mount.size}`];
      draft.mounts.push({ kind: 'tmpfs', target: targetOf(mount.target), options: size, copyUp: false });
      return;
    }
    case 'secret':
      return prepareSecret(build, mount, targetOf, draft);
    case 'ssh':
      return prepareAgent(build, mount, targetOf, draft);
  }
}

async function prepareBind(
  build: Build,
  mount: BindMount,
  target: string,
  { draft, find }: Preparing,
): Promise<void> {
  const tree = await find(fromOf(mount), mount.at);
  const found = place(tree, mount.source ?? '/', mount.at);
  const source = sourcePath(build, tree, found.names, draft);
  if (mount.readWrite && found.entry.stats.isDirectory())
    draft.mounts.push({ kind: 'overlay', source, target, chown: false });
  else draft.mounts.push(bind(source, target, { readOnly: true }));
}

function fromOf({ from, at }: BindMount | CacheMount): Word | undefined {
  return from === undefined ? undefined : { text: from, at };
}

function place(tree: SourceTree, path: string, at: SourceRange) {
  const { names, entry } = findRootfsPlace(tree.view, path);
  if (entry !== undefined) return { names, named: names.join('/'), entry };
  throw errorAt(at, new TspodError('not-found', `"${path}": no such file or directory in ${tree.name}`));
}

/** A path of this machine that shows a place of a tree: several layers have to be put together, ignored files left out. */
function sourcePath(build: Build, tree: SourceTree, names: string[], draft: Draft): string {
  const { directories } = tree.view;
  if (tree.ignore && !tree.ignore.isEmpty) return filteredCopy(build, tree, names, draft);
  if (directories.length === 1) return [directories[0], ...names].join('/');
  const target = `${build.staging().path}/${build.nextName('mount')}`;
  mkdirSync(target, { mode: 0o755 });
  mountOverlay(build.ctx, { target, lowers: directories });
  draft.undo.push(() => unmountAll(build.ctx, [target]));
  return [target, ...names].join('/');
}

/** What the ignore file leaves of a directory of the context. */
function filteredCopy(build: Build, tree: SourceTree, names: string[], draft: Draft): string {
  const found = findRootfsPlace(tree.view, names.join('/'));
  if (found.entry === undefined || !found.entry.stats.isDirectory())
    return [tree.view.directories[0], ...names].join('/');
  const target = `${build.staging().path}/${build.nextName('context')}`;
  const selected = { names, named: names.join('/'), entry: found.entry };
  for (const { below, entry } of walkSource(tree, selected)) {
    const path = [target, ...below].join('/');
    if (entry.stats.isDirectory()) mkdirSync(path, { mode: entry.stats.mode & 0o777 });
    else if (entry.stats.isFile()) copyFileSync(entry.path, path);
  }
  draft.undo.push(() => process.getBuiltinModule('node:fs').rmSync(target, { recursive: true, force: true }));
  return target;
}

function bind(source: string, target: string, { readOnly }: { readOnly: boolean }): UserMount {
  return { kind: 'bind', source, target, readOnly, recursive: true, options: [], chown: false, idmap: false };
}

async function prepareCache(
  build: Build,
  mount: CacheMount,
  target: string,
  { draft, find }: Preparing,
): Promise<void> {
  const id = mount.id ?? target;
  const { mounts } = buildCachePaths(build.store);
  mkdirSync(mounts, { recursive: true, mode: 0o700 });
  const base = `${mounts}/${digestHex(digestOf(id)).slice(0, 32)}`;
  const { path, lock } = await takeCache(base, mount.sharing);
  draft.undo.push(() => lock?.release());
  const isNew = mkdirSync(path, { recursive: true, mode: 0o755 }) !== undefined;
  if (isNew) {
    if (mount.from) await fillCache(build, mount, path, find);
    chmodSync(path, mount.mode ?? 0o755);
    chownSync(path, mount.uid ?? 0, mount.gid ?? 0);
    writeFileSync(`${base}.id`, `${id}\n`, { mode: 0o600 });
  }
  draft.mounts.push(bind(path, target, { readOnly: mount.readOnly }));
}

/** `locked` waits for other builds, `private` takes another directory, `shared` looks at nobody. */
async function takeCache(
  base: string,
  sharing: 'shared' | 'private' | 'locked',
): Promise<{ path: string; lock: FileLock | undefined }> {
  if (sharing === 'shared') return { path: base, lock: undefined };
  for (let number = 0; ; number++) {
    const path = number === 0 || sharing === 'locked' ? base : `${base}-${number}`;
    const lock = lockFile(`${path}.lock`, { wait: false });
    if (lock !== undefined) return { path, lock };
    if (sharing === 'locked') await new Promise((resume) => setTimeout(resume, 50));
  }
}

async function fillCache(build: Build, mount: CacheMount, path: string, find: FindSource): Promise<void> {
  const { openLayerWriter } = await import('../files/layer-writer');
  const tree = await find(fromOf(mount), mount.at);
  const found = place(tree, mount.source ?? '/', mount.at);
  const writer = openLayerWriter(build.ctx, path, []);
  for (const { below, entry } of walkSource(tree, found))
    if (below.length > 0) writer.put(below, entry, { owner: { uid: entry.stats.uid, gid: entry.stats.gid } });
  writer.finish();
}

function prepareSecret(
  build: Build,
  mount: SecretMount,
  targetOf: (path: string) => string,
  draft: Draft,
): void {
  const { id } = mount;
  const secret = build.request.secrets.find((each) => each.id === id);
  if (secret === undefined) {
    if (!mount.required) return;
    throw errorAt(
      mount.at,
      new TspodError('not-found', `the secret "${id}" is required and was not given`, {
        hint: `give it: --secret id=${id},src=FILE`,
      }),
    );
  }
  const data = secret.kind === 'file' ? readFileSync(secret.path) : Buffer.from(secret.value);
  if (mount.env) draft.env[mount.env] = data.toString();
  if (mount.env && mount.target === undefined) return;
  const path = `${build.staging().path}/${build.nextName('secret')}`;
  writeFileSync(path, data, { mode: 0o400 });
  draft.undo.push(() => process.getBuiltinModule('node:fs').rmSync(path, { force: true }));
  chownSync(path, mount.uid ?? 0, mount.gid ?? 0);
  chmodSync(path, mount.mode ?? 0o400);
  draft.mounts.push(
    bind(path, mount.target ? targetOf(mount.target) : `/run/secrets/${id}`, { readOnly: true }),
  );
}

async function prepareAgent(
  build: Build,
  mount: SshMount,
  targetOf: (path: string) => string,
  draft: Draft,
): Promise<void> {
  const { id } = mount;
  const agent = build.request.agents.find((each) => each.id === id);
  if (agent === undefined) {
    if (!mount.required) return;
    throw errorAt(
      mount.at,
      new TspodError('not-found', `the SSH agent "${id}" is required and was not given`, {
        hint: `give it: --ssh ${id}=SOCKET`,
      }),
    );
  }
  const socket = agent.kind === 'socket' ? agent.path : await startAgent(build, agent.paths, draft.undo);
  const target = mount.target ? targetOf(mount.target) : `/run/buildkit/ssh_agent.${draft.mounts.length}`;
  draft.env['SSH_AUTH_SOCK'] = target;
  draft.mounts.push(bind(socket, target, { readOnly: false }));
}

/** A here-document that begins with `#!` is a program of its own. */
function addScript(build: Build, { command }: RunInstruction<Word>, draft: Draft): void {
  if (command.form !== 'script') return;
  const path = `${build.staging().path}/${build.nextName('script')}`;
  writeFileSync(path, command.content, { mode: 0o755 });
  draft.undo.push(() => process.getBuiltinModule('node:fs').rmSync(path, { force: true }));
  draft.mounts.push(bind(path, `/dev/pipes/${command.name}`, { readOnly: true }));
}
