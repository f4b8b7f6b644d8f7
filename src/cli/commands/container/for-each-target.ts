import type { Target } from '../../../container/select';
import type { Output } from '../../define-command';

/**
 * Does `work` for all targets at once and prints the label of each that it succeeded for, in the order given; returns
 * what the others threw.
 */
export async function forEachTarget(
  targets: readonly Target[],
  output: Output,
  work: (target: Target) => Promise<void> | void,
): Promise<unknown[]> {
  const failures: unknown[] = [];
  const running = targets.map(async (target) => work(target));
  for (const [index, result] of (await Promise.allSettled(running)).entries()) {
    if (result.status === 'rejected') failures.push(result.reason);
    else output.print(targets[index]?.label ?? '');
  }
  return failures;
}
