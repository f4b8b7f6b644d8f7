import { emptyFile, missingFrom } from './parse-from';
import { parseInstruction } from './parse-instruction';
import { readLines } from './read-lines';
import { makeStatement } from './statement';
import type { ArgInstruction, BuildWarning, Containerfile, ParsedInstruction, RawWord, Stage } from './types';

/**
 * A Containerfile of its text; `file` is how messages name it. Error `invalid`, with line and column: an unknown
 * instruction or flag, one that is not well-formed, no `FROM`, a here-document that does not end.
 */
export function parseContainerfile(text: string, file: string): Containerfile {
  const { directives, instructions, warnings } = readLines(text, file);
  const globalArgs: ArgInstruction<RawWord>[] = [];
  const stages: Stage[] = [];
  for (const read of instructions) {
    const statement = makeStatement(read, { escape: directives.escape, warnings });
    const instruction = parseInstruction(statement);
    const stage = stages.at(-1);
    if (instruction.kind === 'from')
      stages.push({ index: stages.length, from: instruction, instructions: [] });
    else if (stage !== undefined) stage.instructions.push(instruction);
    else if (instruction.kind === 'arg') globalArgs.push(instruction);
    else throw missingFrom(statement);
  }
  if (stages.length === 0) throw emptyFile(file, instructions[0]?.line.lines[0] ?? '');
  warnOfSameNames(stages, warnings);
  return { file, directives, globalArgs, stages, warnings };
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
    warnings.push({ message: `the name "${name}" is that of an earlier stage too: later ones see the last`, at: from.at });
  }
}
