import { type Problem, problemAt } from '../problem';
import { checkKeys } from './check-keys';
import { CONTAINER_STEPS } from './container-steps';
import { convertContainer } from './convert-container';
import { convertImage, IMAGE_STEPS } from './convert-image';
import { convertVolume, VOLUME_STEPS } from './convert-volume';
import { REFUSED_KINDS } from './kinds';
import { startUnit } from './start-unit';
import type { Conversion, Quadlet, QuadletSetup, QuadletStep, QuadletTarget } from './types';

type ReadyKind = 'container' | 'volume' | 'image';

const CONVERTERS: Readonly<
  Record<ReadyKind, { convert: (conversion: Conversion) => void; steps: readonly QuadletStep[] }>
> = {
  container: { convert: convertContainer, steps: CONTAINER_STEPS },
  volume: { convert: convertVolume, steps: VOLUME_STEPS },
  image: { convert: convertImage, steps: IMAGE_STEPS },
};

/** The unit of a file, and everything that is wrong with it; what has an error must not be used. */
export function convertQuadlet(
  quadlet: Quadlet,
  setup: QuadletSetup,
  targets: ReadonlyMap<string, QuadletTarget>,
): Conversion {
  const conversion = startUnit(quadlet, setup, targets);
  const reason = REFUSED_KINDS[quadlet.kind];
  if (isUnreadable(quadlet)) conversion.problems = [];
  else if (reason === undefined) convertReady(conversion, quadlet.kind as ReadyKind);
  else conversion.problems.push(problemAt(wholeFile(quadlet), `.${quadlet.kind} files: ${reason}`));
  conversion.problems.unshift(...quadlet.problems);
  return conversion;
}

function convertReady(conversion: Conversion, kind: ReadyKind): void {
  const { quadlet, setup } = conversion;
  const { convert, steps } = CONVERTERS[kind];
  const keys = steps.flatMap((step) => step.keys);
  conversion.problems.push(...checkKeys(quadlet, keys, setup.refusals[kind]));
  convert(conversion);
}

/** Nothing of it was understood: what is missing in it is not worth a word. */
function isUnreadable({ unit, problems }: Quadlet): boolean {
  return problems.length > 0 && unit.sections.every(({ lines }) => lines.length === 0);
}

function wholeFile({ path, unit }: Quadlet) {
  const line = unit.sections.flatMap(({ lines }) => lines).find(({ key }) => key !== '')?.line ?? 0;
  return { file: path, line, key: '' };
}

/** The file itself first, then its drop-ins; each from top to bottom, and nothing twice. */
export function sortProblems(problems: readonly Problem[], path: string): Problem[] {
  const rank = ({ file, line }: Problem): [string, number] => [file === path ? '' : file, line];
  const texts = new Set<string>();
  return problems
    .filter((problem) => {
      const text = JSON.stringify(problem);
      const isNew = !texts.has(text);
      texts.add(text);
      return isNew;
    })
    .sort((a, b) => {
      const [fileA, lineA] = rank(a);
      const [fileB, lineB] = rank(b);
      return fileA === fileB ? lineA - lineB : fileA < fileB ? -1 : 1;
    });
}
