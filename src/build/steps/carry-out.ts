import type { HistoryEntry } from '../../image/format/image-config';
import type { Build } from '../engine/build';
import { layerFolder, makeBuiltLayer } from '../engine/layer-maker';
import { progressOf } from '../engine/pull-progress';
import { sourceTree } from '../engine/source-of';
import type { BuiltLayer, StageState } from '../engine/stage-state';
import type { StepLabel } from '../events';
import { makeBreather } from '../files/breather';
import { openLayerWriter } from '../files/layer-writer';
import { findRootfsPlace } from '../../container/rootfs/rootfs-view';
import type { AddInstruction, CopyInstruction, Instruction, RunInstruction, Word } from '../language/types';
import { prepareAdd } from './add-step';
import { applyInstruction, shellOf, workdirOf } from './config-step';
import type { ConfigInstruction } from './config-step';
import { contentOf, copySources, findSources, makeTop, openTarget, ownerOf } from './copy-step';
import type { CopyTarget, CopyWork } from './copy-step';
import { mountsKey } from './run-mounts';
import type { FindSource } from './run-mounts';
import { runInstruction } from './run-step';

/** An instruction that is ready to be carried out, or to be found in the cache. */
export interface StepWork {
  /** All that its result depends on, besides the steps before it. */
  key: unknown;
  /** Whether nobody can know without doing it. */
  isVolatile?: boolean;
  history: HistoryEntry;
  /** What becomes of the stage besides the layer. */
  apply(state: StageState): void;
  /** Does it; undefined: no new layer. */
  make(): Promise<BuiltLayer | undefined>;
}

interface Surroundings {
  label: StepLabel;
  stageOf: (index: number) => Promise<StageState>;
}

/** Looks at what an instruction needs. */
export async function carryOut(
  build: Build,
  state: StageState,
  instruction: Instruction,
  around: Surroundings,
): Promise<StepWork> {
  const tell = progressOf(build, around.label);
  const find: FindSource = (from, at) =>
    sourceTree(build, state, from, at, { stageOf: around.stageOf, tell });
  switch (instruction.kind) {
    case 'run':
      return runWork(build, state, instruction, { find, label: around.label });
    case 'copy':
      return copyWork(build, state, instruction, find);
    case 'add':
      return addWork(build, state, instruction);
    case 'workdir':
      return workdirWork(build, state, instruction);
    case 'from':
    case 'arg':
      throw new Error(`${instruction.kind} is no step`);
    default:
      return configWork(instruction);
  }
}

function configWork(instruction: ConfigInstruction): StepWork {
  return {
    key: [instruction.kind, withoutPlaces(instruction)],
    history: { created_by: `/bin/sh -c #(nop) ${instruction.source}` },
    apply: (state) => applyInstruction(state, instruction),
    make: async () => undefined,
  };
}

/** Where something stands and how it was written decides nothing. */
function withoutPlaces(value: object): unknown {
  const skipped = new Set(['at', 'source', 'endLine']);
  return JSON.parse(
    JSON.stringify(value, (key, each: unknown) => (skipped.has(key) ? undefined : each)),
  ) as unknown;
}

/** The directory is made where it is missing, for the stage's user, as BuildKit does. */
function workdirWork(
  build: Build,
  state: StageState,
  instruction: Extract<ConfigInstruction, { kind: 'workdir' | 'user' | 'stopsignal' }>,
): StepWork {
  const path = workdirOf(state.config, instruction.value.text);
  const lowers = state.layers.map(({ diff }) => diff).reverse();
  const { User: user = '' } = state.config;
  return {
    ...configWork(instruction),
    key: ['workdir', path, ...(user === '' ? [] : [user])],
    make: async () => {
      if (findRootfsPlace({ directories: lowers }, path).entry !== undefined) return undefined;
      const folder = layerFolder(build);
      makeTop(`${folder}/diff`, lowers[0]);
      const breathe = makeBreather(build.signal);
      const writer = openLayerWriter(build.ctx, `${folder}/diff`, { lowers, breathe });
      const owner = user === '' ? {} : { owner: ownerOf({ text: user, at: instruction.at }, lowers) };
      writer.ensureDirectory(writer.resolve(path).names, owner);
      writer.finish();
      return makeBuiltLayer(build, folder, { parent: state.layers.at(-1) });
    },
  };
}

async function runWork(
  build: Build,
  state: StageState,
  instruction: RunInstruction<Word>,
  { find, label }: { find: FindSource; label: StepLabel },
): Promise<StepWork> {
  const { command, network, security } = instruction;
  const args = [...state.scope.args].map(([name, value]) => `${name}=${value}`);
  const shell = command.form === 'shell' ? shellOf(state.config) : [];
  const text =
    command.form === 'exec'
      ? command.args.join(' ')
      : command.form === 'shell'
        ? command.text
        : command.content;
  return {
    key: ['run', command, shell, args, network, security, await mountsKey(build, instruction, find)],
    history: {
      created_by: [...(args.length > 0 ? [`|${args.length}`, ...args] : []), ...shell, text].join(' '),
    },
    apply: () => undefined,
    make: async () => {
      build.staging();
      const folder = await runInstruction(build, state, instruction, { label, sources: find });
      return makeBuiltLayer(build, folder, { parent: state.layers.at(-1) });
    },
  };
}

async function copyWork(
  build: Build,
  state: StageState,
  instruction: CopyInstruction<Word>,
  find: FindSource,
): Promise<StepWork> {
  const tree = instruction.sources.length > 0 ? await find(instruction.from, instruction.at) : undefined;
  const work = tree && findSources(tree, instruction.sources, instruction);
  return filesWork(build, state, instruction, work === undefined ? [] : [work]);
}

async function addWork(
  build: Build,
  state: StageState,
  instruction: AddInstruction<Word>,
): Promise<StepWork> {
  const { works, identity } = await prepareAdd(build, state, instruction);
  const step = await filesWork(build, state, instruction, works);
  return identity === undefined ? step : { ...step, key: [step.key, identity] };
}

async function filesWork(
  build: Build,
  state: StageState,
  instruction: CopyInstruction<Word> | AddInstruction<Word>,
  works: readonly CopyWork[],
): Promise<StepWork> {
  const content: unknown[] = [];
  for (const work of works) content.push(await contentOf(build, work));
  const count = works.reduce((sum, { selected }) => sum + selected.length, 0) + instruction.heredocs.length;
  const { kind, destination, chown, chmod, heredocs } = instruction;
  const parents = instruction.kind === 'copy' && instruction.parents;
  return {
    key: [
      ...[kind, destination.text, state.config.WorkingDir ?? '/', chown?.text, chmod?.text, parents, content],
      ...[
        heredocs.map(({ name, content: text }) => [name, text]),
        instruction.exclude.map(({ text }) => text),
        ...(instruction.link ? ['link'] : []),
      ],
    ],
    history: { created_by: `/bin/sh -c #(nop) ${instruction.source}` },
    apply: () => undefined,
    make: async () => {
      build.staging();
      const target = openTarget(build, state, instruction, count > 1);
      try {
        for (const work of works) await copySources(work, target, { parents });
        writeHeredocs(instruction, target);
        target.writer.finish();
      } finally {
        target.writer.close();
      }
      const isOfContexts = works.length > 0 && works.every(({ tree }) => tree.isContext);
      return makeBuiltLayer(build, target.folder, { parent: state.layers.at(-1), isOfContexts });
    },
  };
}

function writeHeredocs(
  { heredocs }: CopyInstruction<Word> | AddInstruction<Word>,
  { names, isDirectory, attributes: { owner, mode }, writer }: CopyTarget,
): void {
  for (const { name, content } of heredocs) {
    const place = isDirectory || heredocs.length > 1 ? [...names, name] : names;
    writer.putText(place, content, { mode: mode?.(0o644, false) ?? 0o644, ...(owner ? { owner } : {}) });
  }
}
