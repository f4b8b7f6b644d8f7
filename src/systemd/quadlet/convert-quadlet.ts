import { type Problem, problemAt } from '../problem';
import { checkKeys } from './check-keys';
import { checkUnitName } from './check-unit-name';
import { CONTAINER_STEPS } from './container-steps';
import { BUILD_STEPS, convertBuild } from './convert-build';
import { convertContainer } from './convert-container';
import { convertImage, IMAGE_STEPS } from './convert-image';
import { convertNetwork, NETWORK_STEPS } from './convert-network';
import { convertVolume, VOLUME_STEPS } from './convert-volume';
import { startUnit } from './start-unit';
import type { Conversion, Quadlet, QuadletKind, QuadletSetup, QuadletStep, QuadletTarget } from './types';

/** How files of one kind become units. */
interface Converter {
  convert: (conversion: Conversion) => void;
  steps: readonly QuadletStep[];
}

const CONVERTERS: Readonly<Partial<Record<QuadletKind, Converter>>> = {
  container: { convert: convertContainer, steps: CONTAINER_STEPS },
  volume: { convert: convertVolume, steps: VOLUME_STEPS },
  network: { convert: convertNetwork, steps: NETWORK_STEPS },
  image: { convert: convertImage, steps: IMAGE_STEPS },
  build: { convert: convertBuild, steps: BUILD_STEPS },
};

/** The unit of a file, and everything that is wrong with it; what has an error must not be used. */
export function convertQuadlet(
  quadlet: Quadlet,
  setup: QuadletSetup,
  targets: ReadonlyMap<string, QuadletTarget>,
): Conversion {
  const conversion = startUnit(quadlet, setup, targets);
  if (isUnreadable(quadlet)) conversion.problems = [];
  else convertReadable(conversion);
  checkUnitName(conversion);
  conversion.problems.unshift(...quadlet.problems);
  return conversion;
}

function convertReadable(conversion: Conversion): void {
  const { quadlet, setup, problems } = conversion;
  const converter = CONVERTERS[quadlet.kind];
  const refusals = setup.refusals[quadlet.kind];
  if (converter === undefined || typeof refusals === 'string') {
    const reason = typeof refusals === 'string' ? refusals : 'tspod makes no units of them yet';
    problems.push(problemAt(wholeFile(quadlet), `.${quadlet.kind} files: ${reason}`));
    return;
  }
  const keys = converter.steps.flatMap((step) => step.keys);
  problems.push(...checkKeys(quadlet, keys, refusals));
  converter.convert(conversion);
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
