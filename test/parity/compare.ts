import { blank } from './blank';
import type { Aspect } from './differences';
import type { Outcome } from './engine';
import { errorClass } from './error-class';

/** In which aspects two outcomes differ. */
export function compareOutcomes(podman: Outcome, tspod: Outcome): Aspect[] {
  const aspects: Aspect[] = [];
  if (podman.code !== tspod.code) aspects.push('exit');
  if (blank(podman.stdout) !== blank(tspod.stdout)) aspects.push('output');
  if (errorClass(podman.stderr) !== errorClass(tspod.stderr)) aspects.push('error');
  return aspects;
}
