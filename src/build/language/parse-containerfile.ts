import { emptyFile, missingFrom } from './parse-from';
import { parseInstruction } from './parse-instruction';
import { readLines } from './read-lines';
import type { ReadFile } from './read-lines';
import { makeStatement } from './statement';
import type { ArgInstruction, BuildWarning, Containerfile, ParsedInstruction, RawWord, Stage } from './types';

/** The text of a Containerfile. */
export interface ContainerfileSource {
  text: string;
  /** How messages name it. */
  file: string;
  /** Where it lies; absent: in no file. */
  path?: string;
}

/**
 * A Containerfile of its text, or of several that are read one after the other; `file` is how messages name it. Error
 * `invalid`, with line and column: an unknown instruction or flag, one that is not well-formed, no `FROM`, a here-document that
 * does not end.
 */
export function parseContainerfile(
  text: string,
  file: string,
  ...others: ContainerfileSource[]
): Containerfile {
  const parts = [{ text, file }, ...others].map((source) => readLines(source.text, source.file));
  const [{ directives }] = parts as [ReadFile];
  const warnings = parts.flatMap((part) => part.warnings);
  const globalArgs: ArgInstruction<RawWord>[] = [];
  const stages: Stage[] = [];
  for (const { read, escape } of parts.flatMap(allOf)) {
    const statement = makeStatement(read, { escape, warnings });
    const instruction = parseInstruction(statement);
    const stage = stages.at(-1);
    if (instruction.kind === 'from')
      stages.push({ index: stages.length, from: instruction, instructions: [] });
    else if (stage !== undefined) stage.instructions.push(instruction);
    else if (instruction.kind === 'arg') globalArgs.push(instruction);
    else throw missingFrom(statement);
  }
  if (stages.length === 0) throw emptyFile(file, text.split(/\r?\n/)[0] ?? '');
  warnOfSameNames(stages, warnings);
  return { file, directives, globalArgs, stages, warnings };
}

function allOf({ directives: { escape }, instructions }: ReadFile) {
  return instructions.map((read) => ({ read, escape }));
}

/**
 * The instructions of `ONBUILD` triggers; `origin` is how messages name them: `ONBUILD of IMAGE`. Error `invalid`.
 */
export function parseTriggers(triggers: readonly string[], origin: string): ParsedInstruction[] {
  return triggers.flatMap((trigger) => {
    const { directives, instructions, warnings } = readLines(trigger, origin);
    return instructions.map((read) =>
      parseInstruction(makeStatement(read, { escape: directives.escape, warnings })),
    );
  });
}

function warnOfSameNames(stages: readonly Stage[], warnings: BuildWarning[]): void {
  for (const [index, { from }] of stages.entries()) {
    const { name } = from;
    if (name === undefined || !stages.slice(0, index).some((other) => other.from.name === name)) continue;
    warnings.push({
      message: `the name "${name}" is that of an earlier stage too: later ones see the last`,
      at: from.at,
    });
  }
}
