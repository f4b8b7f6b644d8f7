import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { findRootfsPlace } from '../../container/rootfs/rootfs-view';
import { TspodError } from '../../lib/errors';
import { mountOverlay, unmountAll } from '../../runtime/mounts';
import type { UserMount } from '../../volume/types';
import { makeCache, takeCaches } from './cache-mounts';
import { secretData } from './secret-data';
import { startAgent } from './ssh-agent';
import type { Build } from '../engine/build';
import type { StageState } from '../engine/stage-state';
import { contentOf } from './copy-step';
import { makeBreather } from '../files/breather';
import { walkSource } from '../files/source-tree';
import type { Selected, SourceTree } from '../files/source-tree';
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

/** `caches` has their directories by id. */
type Draft = PreparedMounts & { undo: (() => void)[]; caches: Map<string, string> };

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
      // whoever waits for another stage must not hold a place that it may need
      if (mount.type === 'cache' && mount.from) await find(fromOf({ ...mount, at }), at);
      parts.push(words);
      continue;
    }
    const tree = await find(fromOf({ ...mount, at }), at);
    const found = place(tree, mount.source ?? '/', at);
    parts.push(
      words,
      await contentOf(build, { tree, selected: [{ word: { text: '', at }, found }], keepsOwners: true }),
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
  const draft: Draft = {
    ...{ mounts: [], env: {}, targets: [], undo: [], caches: new Map() },
    release: () => undefined,
  };
  draft.release = () =>
    draft.undo
      .splice(0)
      .reverse()
      .forEach((undo) => undo());
  const wanted = instruction.mounts.flatMap((mount) =>
    mount.type === 'cache' ? { id: cacheId(state, mount), sharing: mount.sharing } : [],
  );
  try {
    draft.caches = await takeCaches(build, wanted, draft.undo);
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
  const targetOf = (path: string): string => targetIn(state, path);
  switch (mount.type) {
    case 'bind':
      return prepareBind(build, mount, targetOf(mount.target), preparing);
    case 'cache':
      return prepareCache(build, state, mount, preparing);
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

function targetIn(state: StageState, path: string): string {
  return posix.resolve('/', state.config.WorkingDir ?? '/', path);
}

function cacheId(state: StageState, { id, target }: CacheMount): string {
  return id ?? targetIn(state, target);
}

async function prepareBind(
  build: Build,
  mount: BindMount,
  target: string,
  { draft, find }: Preparing,
): Promise<void> {
  const tree = await find(fromOf(mount), mount.at);
  const found = place(tree, mount.source ?? '/', mount.at);
  const source = await sourcePath(build, tree, found, draft);
  if (mount.readWrite && found.entry.stats.isDirectory())
    draft.mounts.push({ kind: 'overlay', source, target, chown: false });
  else draft.mounts.push(bind(source, target, { readOnly: true }));
}

function fromOf({ from, at }: BindMount | CacheMount): Word | undefined {
  return from === undefined ? undefined : { text: from, at };
}

function place(tree: SourceTree, path: string, at: SourceRange): Selected {
  const { names, entry } = findRootfsPlace(tree.view, path);
  const isThere = entry !== undefined;
  if (isThere && (entry.stats.isDirectory() || !tree.ignore?.ignores(names.join('/'))))
    return { names, named: names.join('/'), entry };
  throw errorAt(
    at,
    new TspodError('not-found', `"${path}": no such file or directory in ${tree.name}`, {
      ...(isThere ? { hint: 'it is there, but the ignore file leaves it out' } : {}),
    }),
  );
}

/** A path of this machine that shows a place of a tree: several layers have to be put together, ignored files left out. */
async function sourcePath(build: Build, tree: SourceTree, found: Selected, draft: Draft): Promise<string> {
  const { directories } = tree.view;
  const isFiltered = tree.ignore !== undefined && !tree.ignore.isEmpty;
  if (isFiltered && found.entry.stats.isDirectory()) return filteredCopy(build, tree, found, draft);
  if (directories.length === 1) return [directories[0], ...found.names].join('/');
  const target = `${build.staging().path}/${build.nextName('mount')}`;
  mkdirSync(target, { mode: 0o755 });
  mountOverlay(build.ctx, { target, lowers: directories });
  draft.undo.push(() => unmountAll(build.ctx, [target]));
  return [target, ...found.names].join('/');
}

/** What the ignore file leaves of a directory of the context. */
async function filteredCopy(build: Build, tree: SourceTree, found: Selected, draft: Draft): Promise<string> {
  const target = `${build.staging().path}/${build.nextName('context')}`;
  mkdirSync(target);
  draft.undo.push(() => process.getBuiltinModule('node:fs').rmSync(target, { recursive: true, force: true }));
  await copyTree(build, tree, found, target);
  chmodSync(target, found.entry.stats.mode & 0o7777);
  return target;
}

/** Copies what is below a place of a tree, with owners. */
async function copyTree(build: Build, tree: SourceTree, found: Selected, target: string): Promise<void> {
  const { openLayerWriter } = await import('../files/layer-writer');
  const writer = openLayerWriter(build.ctx, target, { lowers: [], breathe: makeBreather(build.signal) });
  try {
    for (const { below, entry } of walkSource(tree, found)) {
      const { uid, gid } = entry.stats;
      if (below.length > 0) await writer.put(below, entry, { owner: { uid, gid } });
    }
    writer.finish();
  } finally {
    writer.close();
  }
}

function bind(source: string, target: string, { readOnly }: { readOnly: boolean }): UserMount {
  return { kind: 'bind', source, target, readOnly, recursive: true, options: [], chown: false, idmap: false };
}

async function prepareCache(
  build: Build,
  state: StageState,
  mount: CacheMount,
  { draft, find }: Preparing,
): Promise<void> {
  const id = cacheId(state, mount);
  const path = draft.caches.get(id) as string;
  await makeCache({ ...mount, id }, path, async () => {
    if (!mount.from) return;
    const tree = await find(fromOf(mount), mount.at);
    await copyTree(build, tree, place(tree, mount.source ?? '/', mount.at), path);
  });
  draft.mounts.push(bind(path, targetIn(state, mount.target), { readOnly: mount.readOnly }));
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
  const data = secretData(secret);
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
