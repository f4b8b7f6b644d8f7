import { posix } from 'node:path';
import type { ImageRunConfig } from '../../image/format/image-config';
import type { StageState } from '../engine/stage-state';
import { parseSignal } from '../../lib/signals';
import { addEnv } from '../language/scope';
import type { CommandLine, HealthcheckInstruction, Instruction, ProgramInstruction } from '../language/types';

/** Instructions that only change the image's configuration. */
export type ConfigInstruction = Exclude<Instruction, { kind: 'from' | 'arg' | 'copy' | 'add' | 'run' }>;

/** Carries out an instruction that changes the configuration. Those of `WORKDIR` are relative to the one before. */
export function applyInstruction(state: StageState, instruction: ConfigInstruction): void {
  const { config } = state;
  switch (instruction.kind) {
    case 'env':
      return applyEnv(state, instruction);
    case 'label':
      for (const { key, value } of instruction.pairs)
        config.Labels = { ...config.Labels, [key.text]: value.text };
      return;
    case 'cmd':
    case 'entrypoint':
      return applyProgram(state, instruction);
    case 'user':
      config.User = instruction.value.text;
      return;
    case 'workdir':
      config.WorkingDir = workdirOf(config, instruction.value.text);
      return;
    case 'stopsignal':
      config.StopSignal = checkedSignal(instruction.value.text);
      return;
    case 'expose':
      config.ExposedPorts = { ...config.ExposedPorts, ...namesOf(instruction, withProtocol) };
      return;
    case 'volume':
      config.Volumes = { ...config.Volumes, ...namesOf(instruction) };
      return;
    default:
      return applyRest(state, instruction);
  }
}

function applyRest(
  state: StageState,
  instruction: Extract<ConfigInstruction, { kind: 'shell' | 'healthcheck' | 'onbuild' | 'maintainer' }>,
): void {
  const { config } = state;
  if (instruction.kind === 'shell') config.Shell = instruction.args;
  else if (instruction.kind === 'healthcheck') config.Healthcheck = healthOf(state, instruction);
  else if (instruction.kind === 'onbuild') config.OnBuild = [...(config.OnBuild ?? []), instruction.trigger];
  else state.author = instruction.value;
}

function applyEnv(state: StageState, { pairs }: Extract<ConfigInstruction, { kind: 'env' | 'label' }>): void {
  for (const { key, value } of pairs) {
    addEnv(state.scope, key.text, value.text);
    const entry = `${key.text}=${value.text}`;
    const env = [...(state.config.Env ?? [])];
    const at = env.findIndex((each) => each.startsWith(`${key.text}=`));
    if (at < 0) env.push(entry);
    else env[at] = entry;
    state.config.Env = env;
  }
}

function applyProgram(state: StageState, { kind, command }: ProgramInstruction): void {
  if (kind === 'cmd') {
    state.config.Cmd = commandOf(state, command);
    state.ownCommand = true;
    return;
  }
  state.config.Entrypoint = commandOf(state, command);
  // a command of the base was for another entrypoint
  if (!state.ownCommand) delete state.config.Cmd;
}

/** Error `usage`: there is no such signal. */
function checkedSignal(text: string): string {
  parseSignal(text);
  return text;
}

function namesOf(
  { values }: Extract<ConfigInstruction, { kind: 'expose' | 'volume' }>,
  name = (text: string): string => text,
): Record<string, object> {
  return Object.fromEntries(values.map(({ text }) => [name(text), {}]));
}

/** A port that came out of a variable names its protocol too. */
function withProtocol(port: string): string {
  return port.includes('/') ? port : `${port}/tcp`;
}

/** The working directory after `WORKDIR`. */
export function workdirOf({ WorkingDir }: ImageRunConfig, path: string): string {
  return posix.resolve('/', WorkingDir ?? '/', path);
}

/** What the shell form is executed by. */
export function shellOf({ Shell }: ImageRunConfig): string[] {
  return Shell?.length ? Shell : ['/bin/sh', '-c'];
}

function commandOf(state: StageState, command: CommandLine): string[] {
  if (command.form === 'exec') return command.args;
  return [...shellOf(state.config), command.form === 'shell' ? command.text : command.content];
}

function healthOf(
  state: StageState,
  { command, interval, timeout, startPeriod, startInterval, retries }: HealthcheckInstruction,
): NonNullable<ImageRunConfig['Healthcheck']> {
  if (command === undefined) return { Test: ['NONE'] };
  const test =
    command.form === 'exec'
      ? ['CMD', ...command.args]
      : state.config.Shell?.length
        ? ['CMD', ...state.config.Shell, textOf(command)]
        : ['CMD-SHELL', textOf(command)];
  return {
    Test: test,
    ...(interval === undefined ? {} : { Interval: interval }),
    ...(timeout === undefined ? {} : { Timeout: timeout }),
    ...(startPeriod === undefined ? {} : { StartPeriod: startPeriod }),
    ...(startInterval === undefined ? {} : { StartInterval: startInterval }),
    ...(retries === undefined ? {} : { Retries: retries }),
  };
}

function textOf(command: Exclude<CommandLine, { form: 'exec' }>): string {
  return command.form === 'shell' ? command.text : command.content;
}
