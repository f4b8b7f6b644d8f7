import { existsSync, lstatSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { findRootfsPlace } from '../../container/rootfs/rootfs-view';
import { runWork } from '../../container/rootfs/work-container';
import type { WorkResult } from '../../container/rootfs/work-container';
import type { ContainerOptions } from '../../container/record';
import type { ImageRunConfig } from '../../image/format/image-config';
import type { Context } from '../../lib/context';
import { makeLayer } from '../../runtime/make-layer';
import { removeTrees } from '../../runtime/tree';
import { writtenLayer } from '../../container/changes/container-layers';
import { relative } from 'node:path';
import type { Build } from '../engine/build';
import { layerFolder, takeUpper } from '../engine/layer-maker';
import type { StageState } from '../engine/stage-state';
import type { StepLabel } from '../events';
import { errorAt, languageError } from '../language/language-error';
import { TspodError } from '../../lib/errors';
import type { RunInstruction, Word } from '../language/types';
import { shellOf } from './config-step';
import { prepareMounts } from './run-mounts';
import type { PreparedMounts } from './run-mounts';

/** Where helpers put files that the container is to see; left over as empty ones in its root. */
const STUBS = [
  '/etc/hosts',
  '/etc/resolv.conf',
  '/etc/hostname',
  '/etc/mtab',
  '/run/.containerenv',
  '/run/secrets',
];
const FOLDERS = ['/dev', '/proc', '/sys', '/run', '/etc'];

/** The words that a `RUN` executes. */
function runArguments(config: ImageRunConfig, { command }: RunInstruction<Word>): string[] {
  if (command.form === 'exec') return command.args;
  if (command.form === 'script') return [`/dev/pipes/${command.name}`];
  return [...shellOf(config), command.text];
}

/** Runs the program on the stage's layers; the folder of the new layer. Error: with the program's exit status. */
export async function runInstruction(
  build: Build,
  state: StageState,
  instruction: RunInstruction<Word>,
  { label, sources }: { label: StepLabel; sources: Parameters<typeof prepareMounts>[3] },
): Promise<string> {
  const folder = layerFolder(build);
  const mounts = await prepareMounts(build, state, instruction, sources);
  try {
    const result = await runWork(withHooks(build), {
      folder: `${folder}/run`,
      image: stageImage(state, `${folder}/run`),
      options: optionsOf(build, state, instruction, mounts),
      stdin: build.request.run.stdin,
      onOutput: (stream, data) => build.request.report({ kind: 'output', step: label, stream, data }),
      signal: build.signal,
    });
    build.signal.throwIfAborted();
    checkResult(instruction, result);
    takeWritten(build, state, result, { folder, mounts });
    return folder;
  } finally {
    mounts.release();
  }
}

/** Directories of hooks that the build was given stand above those of the configuration. */
function withHooks({ ctx, request }: Build): Context {
  const { hooksDirs } = request.run;
  return hooksDirs.length === 0 ? ctx : { ...ctx, overrides: { ...ctx.overrides, hooksDirs } };
}

function checkResult({ at, source, command }: RunInstruction<Word>, result: WorkResult): void {
  if (result.error !== undefined) throw languageError(at, result.error.replace(/^Error: /, ''));
  if (result.exitCode === 0) return;
  const what = command.form === 'exec' ? source : `RUN ${'text' in command ? command.text : command.name}`;
  throw errorAt(at, programError(what.split('\n')[0] ?? '', result));
}

/** Says how a program has ended that should have ended with 0; the exit status is its own. */
export function programError(
  what: string,
  { exitCode, oomKilled }: Pick<WorkResult, 'exitCode' | 'oomKilled'>,
): TspodError {
  const cause = oomKilled
    ? 'ran out of memory'
    : exitCode > 128
      ? `was killed by signal ${exitCode - 128}`
      : `ended with exit status ${exitCode}`;
  const hint = oomKilled ? { hint: 'give it more with --memory, or let it need less' } : {};
  return new TspodError('system', `${what}: the program ${cause}`, { exitCode, ...hint });
}

/** The upper directory becomes the layer, without what only the mounts have left in it. */
function takeWritten(
  build: Build,
  state: StageState,
  { upper, record }: WorkResult,
  { folder, mounts }: { folder: string; mounts: PreparedMounts },
): void {
  const lowers = { directories: state.layers.map(({ diff }) => diff).reverse() };
  const inner = { ...build.ctx, paths: { ...build.ctx.paths, root: `${folder}/run` } };
  const layer = writtenLayer(inner, record);
  const isPlain = layer.dotWhiteouts !== true && layer.maps === undefined;
  if (isPlain) takeUpper(upper, folder);
  else
    for (const line of makeLayer(inner, layer, { target: `${folder}/diff`, archive: `${folder}/unused.tar` })
      .leftOut)
      build.warn(line);
  rmSync(`${folder}/unused.tar`, { force: true });
  for (const path of [...STUBS, ...mounts.targets, ...FOLDERS]) removeStub(`${folder}/diff`, lowers, path);
  discard(build, `${folder}/run`);
}

/** What is empty and in no layer below was made for a mount; its directories too. */
function removeStub(upper: string, lowers: { directories: string[] }, path: string): void {
  const names = path.split('/').filter(Boolean);
  while (names.length > 0) {
    const place = `${upper}/${names.join('/')}`;
    const stats = lstatSync(place, { throwIfNoEntry: false });
    const below = findRootfsPlace(lowers, names.join('/'), { last: 'keep' }).entry;
    if (stats?.isDirectory()) {
      if (readdirSync(place).length > 0) return;
      if (below !== undefined && !isUntouched(stats, below.stats)) return;
      rmdirSync(place);
    } else if (stats !== undefined) {
      const isStub =
        below === undefined && (stats.size === 0 || (stats.isSymbolicLink() && path === '/etc/mtab'));
      if (!isStub) return;
      rmSync(place);
    }
    names.pop();
  }
}

function isUntouched(
  now: { mode: number; uid: number; gid: number },
  before: { mode: number; uid: number; gid: number },
): boolean {
  return now.mode === before.mode && now.uid === before.uid && now.gid === before.gid;
}

/** The container's directory: what overlayfs has left in it may only be removed by root. */
function discard(build: Build, path: string): void {
  const gone = `${build.staging().path}/${build.nextName('gone')}`;
  if (!existsSync(path)) return;
  renameSync(path, gone);
  build.atEnd.push(() => removeTrees(build.ctx, [gone]));
}

/** The stage as an image that the container machinery takes. */
function stageImage(state: StageState, folder: string): Parameters<typeof runWork>[1]['image'] {
  const {
    Healthcheck: _h,
    Volumes: _v,
    ExposedPorts: _e,
    StopSignal: _s,
    Labels: _l,
    Entrypoint: _p,
    Cmd: _c,
    ...config
  } = state.config;
  const diffs = state.layers.map(({ diff }) => diff).reverse();
  return {
    ...{ id: '', digest: '', names: [], name: '', size: 0, chainIds: [] },
    layers: diffs.map((diff) => `${folder}/${relative(folder, diff)}`),
    config: {
      architecture: state.architecture,
      os: state.os,
      config,
      rootfs: { type: 'layers', diff_ids: [] },
    },
  };
}

function optionsOf(
  build: Build,
  state: StageState,
  instruction: RunInstruction<Word>,
  mounts: PreparedMounts,
): ContainerOptions {
  const { isolation: _i, stdin: _s, proxies, hooksDirs: _h, ...settings } = build.request.run;
  const network =
    instruction.network === 'default'
      ? settings.network
      : ({ kind: instruction.network } as ContainerOptions['network']);
  return {
    ...WORK_OPTIONS,
    ...settings,
    network,
    command: runArguments(state.config, instruction),
    env: { ...proxies, ...Object.fromEntries(state.scope.variables), ...mounts.env },
    ...(state.config.User ? { user: state.config.User } : {}),
    interactive: build.request.run.stdin,
    mounts: [...settings.mounts, ...mounts.mounts],
    privileged: instruction.security === 'insecure',
  };
}

/** What no option of `build` changes. */
const WORK_OPTIONS = {
  image: '',
  entrypoint: [],
  envHost: false,
  labels: {},
  annotations: {},
  tty: false,
  init: false,
  autoRemove: false,
  restart: { policy: 'no', maximum: 0 },
  stopTimeout: 10,
  timeout: 0,
  umask: '0022',
  ports: [],
  publishAll: false,
  expose: [],
  readOnly: false,
  readOnlyTmpfs: true,
  sysctls: {},
  log: { driver: 'none' },
} satisfies Partial<ContainerOptions>;
