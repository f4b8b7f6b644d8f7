import { hostArchitecture, hostVariant, platformName } from '../../image/format/platform';
import type { Platform } from '../../image/format/platform';
import { expandWord } from './expand-instruction';
import type { Expansion } from './expand-instruction';
import type { ArgInstruction, Containerfile, RawWord, Variables } from './types';

/** Arguments that need no `ARG`: programs of `RUN` get them, the image and the cache do not know them. */
export const PROXY_ARGUMENTS: readonly string[] = ['HTTP', 'HTTPS', 'FTP', 'NO', 'ALL'].flatMap((name) => [
  `${name}_PROXY`,
  `${name.toLowerCase()}_proxy`,
]);

/** The predefined arguments of one build; a stage sees them when it declares them with `ARG`. */
export function platformArguments(target: Platform): Map<string, string> {
  const build = { os: 'linux', architecture: hostArchitecture(), variant: hostVariant() ?? '' };
  return new Map([
    ...argumentsOf('BUILD', build),
    ...argumentsOf('TARGET', { ...build, ...ownVariant(target) }),
  ]);
}

/** The variant of this machine belongs to its own architecture only. */
function ownVariant(target: Platform): Platform {
  const isOther = target.architecture !== undefined && target.architecture !== hostArchitecture();
  return { ...(isOther ? { variant: '' } : {}), ...target };
}

function argumentsOf(prefix: string, platform: Platform): [string, string][] {
  return [
    [`${prefix}PLATFORM`, platformName(platform)],
    [`${prefix}OS`, platform.os ?? ''],
    [`${prefix}ARCH`, platform.architecture ?? ''],
    [`${prefix}VARIANT`, platform.variant ?? ''],
  ];
}

/** What was given with `--build-arg`, and the predefined arguments. */
export interface GivenArguments {
  given: Variables;
  predefined: Variables;
}

/** The variables that `FROM` sees: predefined ones, and the `ARG`s before the first `FROM`. Error `invalid`. */
export function globalScope(
  { globalArgs, directives }: Pick<Containerfile, 'globalArgs' | 'directives'>,
  { given, predefined }: GivenArguments,
  onUnset?: Expansion['onUnset'],
): Map<string, string> {
  const variables = new Map(predefined);
  for (const [name, value] of given) if (predefined.has(name)) variables.set(name, value);
  const expansion = { variables, escape: directives.escape, ...(onUnset ? { onUnset } : {}) };
  for (const { name, value } of globalArgs.flatMap(({ args }) => args)) {
    const key = expandWord(name, expansion).text;
    const wished = given.get(key) ?? (value && expandWord(value, expansion).text);
    if (wished !== undefined) variables.set(key, wished);
  }
  return variables;
}

/** The variables of a stage: `ENV` stands above `ARG`. */
export interface StageScope {
  /** What instructions and programs see. */
  variables: Map<string, string>;
  /** Declared arguments that have a value, in their order: part of the keys of `RUN`. */
  args: Map<string, string>;
}

/** The scope at the beginning of a stage: the environment of its base. */
export function stageScope(
  baseEnv: Iterable<readonly [string, string]>,
): StageScope & { env: Map<string, string> } {
  const env = new Map(baseEnv);
  return { env, args: new Map(), variables: new Map(env) };
}

/** Adds the variables of an `ENV`, already expanded. */
export function addEnv(scope: StageScope & { env: Map<string, string> }, name: string, value: string): void {
  scope.env.set(name, value);
  scope.variables.set(name, value);
}

/**
 * Adds the arguments of an `ARG` of a stage: what was given, else its default, else the value of the global scope. Error
 * `invalid`: a default that cannot be expanded.
 */
export function declareArguments(
  scope: StageScope & { env: Map<string, string> },
  instruction: ArgInstruction<RawWord>,
  { given, global, ...style }: { given: Variables; global: Variables } & Omit<Expansion, 'variables'>,
): void {
  const expansion = { ...style, variables: scope.variables };
  for (const { name, value } of instruction.args) {
    const key = expandWord(name, expansion).text;
    const wished = given.get(key) ?? (value ? expandWord(value, expansion).text : global.get(key));
    if (wished === undefined) continue;
    scope.args.set(key, wished);
    if (!scope.env.has(key)) scope.variables.set(key, wished);
  }
}

/** The names of `--build-arg` that no `ARG` of the file declares. */
export function unusedArguments({ globalArgs, stages }: Containerfile, given: Iterable<string>): string[] {
  const inStages = stages.flatMap(({ instructions }) => instructions.filter((each) => each.kind === 'arg'));
  const triggers = stages.flatMap(({ instructions }) =>
    instructions.filter((each) => each.kind === 'onbuild'),
  );
  const declared = new Set(
    [...globalArgs, ...inStages].flatMap(({ args }) => args.map(({ name }) => name.raw)),
  );
  for (const name of [...PROXY_ARGUMENTS, 'SOURCE_DATE_EPOCH']) declared.add(name);
  const isInTrigger = (name: string) => triggers.some(({ trigger }) => trigger.includes(name));
  return [...given].filter((name) => !declared.has(name) && !isInTrigger(name));
}
