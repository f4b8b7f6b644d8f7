import { existsSync } from 'node:fs';
import { describeError, TspodError } from '../../lib/errors';
import type { OciHook, OciHookStage } from '../../runtime/oci-spec';

/** When a hook is run: `precreate` ones change the configuration before the others are in it. */
export type HookStage = OciHookStage | 'precreate';

/** One file of a hooks directory. */
export interface HookFile {
  hook: OciHook;
  stages: HookStage[];
  /** All of these have to hold that are there. */
  when: HookConditions;
}

interface HookConditions {
  always?: boolean;
  /** Regular expressions of keys and values. */
  annotations?: Record<string, string>;
  /** Regular expressions, one of which the program has to match. */
  commands?: string[];
  hasBindMounts?: boolean;
  /** One that holds is enough. */
  or?: boolean;
}

/** What conditions are about. */
export interface HookFacts {
  annotations: Readonly<Record<string, string>>;
  command: string;
  hasBindMounts: boolean;
}

/** All stages of OCI hooks. */
export const HOOK_STAGES: readonly string[] = [
  'precreate',
  'prestart',
  'createRuntime',
  'createContainer',
  'startContainer',
  'poststart',
  'poststop',
] satisfies HookStage[];

/** Reads a hook of version 1.0.0. Throws 'invalid'. */
export function parseHook(path: string, text: string): HookFile {
  const file = parseJson(path, text);
  if (file['version'] !== '1.0.0')
    throw malformed(path, `unrecognized hook version: "${String(file['version'] ?? '')}", expected "1.0.0"`);
  const { hook, stages = [], when = {} } = file as Partial<HookFile>;
  if (typeof hook?.path !== 'string' || !hook.path.startsWith('/'))
    throw malformed(path, 'hook.path has to be an absolute path');
  if (!existsSync(hook.path)) throw malformed(path, `stat ${hook.path}: no such file or directory`);
  if (!Array.isArray(stages) || stages.length === 0) throw malformed(path, 'it has no stages');
  for (const stage of stages) checkStage(path, stage);
  for (const pattern of patterns(when)) checkPattern(path, pattern);
  return { hook, stages, when };
}

/** Whether a hook is meant for a container: without any condition it is for none, as with Podman. */
export function matchesWhen({ when }: HookFile, facts: HookFacts): boolean {
  const { always, annotations = {}, commands, hasBindMounts } = when;
  const tests: boolean[] = [
    ...(always === undefined ? [] : [always]),
    ...(hasBindMounts === undefined ? [] : [hasBindMounts && facts.hasBindMounts]),
    ...Object.entries(annotations).map(([key, value]) => hasAnnotation(facts, key, value)),
    ...(commands === undefined ? [] : [commands.some((pattern) => new RegExp(pattern).test(facts.command))]),
  ];
  return tests.length > 0 && (when.or ? tests.some(Boolean) : tests.every(Boolean));
}

function hasAnnotation({ annotations }: HookFacts, key: string, value: string): boolean {
  const [keys, values] = [new RegExp(key), new RegExp(value)];
  return Object.entries(annotations).some(([name, text]) => keys.test(name) && values.test(text));
}

function parseJson(path: string, text: string): Record<string, unknown> {
  try {
    const file: unknown = JSON.parse(text);
    if (typeof file === 'object' && file !== null && !Array.isArray(file))
      return file as Record<string, unknown>;
  } catch (error) {
    throw malformed(path, describeError(error));
  }
  throw malformed(path, 'it is not an object');
}

function checkStage(path: string, stage: string): void {
  if (HOOK_STAGES.includes(stage)) return;
  throw malformed(path, `unknown stage "${stage}"`);
}

function patterns({ annotations = {}, commands = [] }: HookConditions): string[] {
  return [...Object.entries(annotations).flat(), ...commands];
}

function checkPattern(path: string, pattern: string): void {
  try {
    new RegExp(pattern);
  } catch (error) {
    throw malformed(path, describeError(error));
  }
}

function malformed(path: string, reason: string): TspodError {
  return new TspodError('invalid', `setting up OCI Hooks: parsing hook "${path}": ${reason}`, {
    exitCode: 126,
  });
}
