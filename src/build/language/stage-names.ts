import { readMountFields } from './mount-fields';
import type { ParsedInstruction, RawWord, Stage } from './types';

/**
 * The words of an instruction that name a stage, a build context or an image: `COPY --from`, and `from` of mounts. Those
 * of mounts may still have variables, as the others.
 */
export function namedSources(instruction: ParsedInstruction): RawWord[] {
  if (instruction.kind === 'copy') return instruction.from === undefined ? [] : [instruction.from];
  if (instruction.kind !== 'run') return [];
  return instruction.mounts.flatMap(({ raw, at }) => {
    const fields = readMountFields(raw, at, (text) => text);
    const from = fields.text('from');
    return from ? [{ raw: from, at: fields.placeOf('from') }] : [];
  });
}

/** The stage of a name or a number; of several the last one before `before`. Undefined: there is none. */
export function findStage(stages: readonly Stage[], text: string, before = stages.length): Stage | undefined {
  const name = text.toLowerCase();
  const named = stages.filter(({ from }) => from.name === name);
  const found = named.findLast(({ index }) => index < before) ?? named[0];
  return found ?? (/^\d+$/.test(text) ? stages[Number(text)] : undefined);
}
