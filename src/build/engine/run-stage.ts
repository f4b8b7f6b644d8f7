import { stepKey } from '../../store/build-cache';
import { expandInstruction } from '../language/expand-instruction';
import { parseTriggers } from '../language/parse-containerfile';
import { declareArguments } from '../language/scope';
import type { ParsedInstruction, Stage, Variables } from '../language/types';
import { carryOut } from '../steps/carry-out';
import type { Build } from './build';
import { engineErrorAt } from './engine-error';
import { NeedsWorker } from './build';
import { progressOf } from './pull-progress';
import { startOfStage } from './start-of-stage';
import { addHistory, findResult, keepResult, takeResult, timestamp } from './step-result';
import type { StageState } from './stage-state';
import { TspodError } from '../../lib/errors';

/** Builds a stage, or gives the one that is being built. */
export function stageOf(build: Build, global: Variables, index: number): Promise<StageState> {
  const begun = build.stages.get(index);
  if (begun !== undefined) return begun;
  const stage = build.graph.stages[index] as Stage;
  const state = runStage(build, global, stage);
  // who needs it waits for it; another stage's error may come first
  state.catch(() => undefined);
  build.stages.set(index, state);
  return state;
}

async function runStage(build: Build, global: Variables, stage: Stage): Promise<StageState> {
  const name = stage.from.name ?? String(stage.index);
  const total = stage.instructions.length + 1;
  const from = build.label({ stage: name, number: 1, total, text: stage.from.source, at: stage.from.at });
  const state = await tell(build, from, () =>
    startOfStage(build, stage, {
      stageOf: (index) => stageOf(build, global, index),
      tell: progressOf(build, from),
    }),
  );
  const triggers = triggersOf(state);
  for (const [at, instruction] of [...triggers, ...stage.instructions].entries()) {
    build.signal.throwIfAborted();
    const number = at + 2 - triggers.length;
    const label = build.label({
      ...{ stage: name, number: Math.max(1, number), total, text: instruction.source, at: instruction.at },
    });
    try {
      await step(build, state, { instruction, global, label });
    } catch (error) {
      throw placed(error, instruction);
    }
  }
  return state;
}

/** Every error of a step says where the step stands. */
function placed(error: unknown, { at }: ParsedInstruction): unknown {
  return error instanceof TspodError && error.excerpt.length === 0 ? engineErrorAt(at, error) : error;
}

/** Reports the beginning and the end of a step. */
async function tell<T>(build: Build, label: ReturnType<Build['label']>, work: () => Promise<T>): Promise<T> {
  const { report } = build.request;
  const begun = performance.now();
  const seconds = (): number => (performance.now() - begun) / 1000;
  report({ kind: 'start', step: label });
  try {
    const result = await work();
    report({ kind: 'done', step: label, seconds: seconds() });
    return result;
  } catch (error) {
    if (!(error instanceof NeedsWorker)) report({ kind: 'failed', step: label, seconds: seconds() });
    throw error;
  }
}

/** What the base, an image or another stage, wants done first; it is gone then. */
function triggersOf({ config, baseName, name }: StageState): ParsedInstruction[] {
  const triggers = config.OnBuild ?? [];
  delete config.OnBuild;
  return parseTriggers(triggers, `ONBUILD of ${baseName || `the base of stage "${name}"`}`);
}

interface Step {
  instruction: ParsedInstruction;
  global: Variables;
  label: ReturnType<Build['label']>;
}

async function step(build: Build, state: StageState, step: Step): Promise<void> {
  const { instruction: parsed, global, label } = step;
  const { escape } = build.containerfile.directives;
  if (parsed.kind === 'arg') return declare(build, state, { ...step, instruction: parsed });
  const instruction = expandInstruction(parsed, { variables: state.scope.variables, escape });
  const work = await carryOut(build, state, instruction, {
    label,
    stageOf: (index) => stageOf(build, global, index),
  });
  const key = stepKey(state.key, work.key);
  const { source } = parsed;
  if (state.isCached && !work.isVolatile) {
    const found = await findResult(build, state, { key, tell: progressOf(build, label) });
    if (found !== undefined) return takeResult(build, state, { ...found, work, key, label, source });
  }
  state.isCached = false;
  const hasLayer = await tell(build, label, async () => {
    const layer = await build.slots.run(() => {
      build.signal.throwIfAborted();
      return work.make();
    });
    if (layer !== undefined) state.layers.push(layer);
    work.apply(state);
    Object.assign(state, { key, created: timestamp(build) });
    addHistory(build, state, work.history, layer !== undefined);
    return layer !== undefined;
  });
  if (build.request.cache.layers && !work.isVolatile) keepResult(build, state, { source, hasLayer });
}

/** An argument changes nothing but what follows. */
async function declare(
  build: Build,
  state: StageState,
  { instruction, global, label }: Step & { instruction: Extract<ParsedInstruction, { kind: 'arg' }> },
): Promise<void> {
  const { escape } = build.containerfile.directives;
  await tell(build, label, async () => {
    declareArguments(state.scope, instruction, { given: build.request.buildArgs, global, escape });
    addHistory(build, state, { created_by: `/bin/sh -c #(nop) ${instruction.source}` });
  });
}
