import type { Context } from '../lib/context';
import { startHelper } from './helper';
import { helperError } from './helper-error';
import type { Plan } from './plan';
import { PLAN } from './protocol';
import { treePlan } from './tree';

/** What becomes of the times of files. Seconds since 1970. */
export type TimeRule = { kind: 'keep' } | { kind: 'clamp' | 'set'; seconds: number };

const RULES = { keep: PLAN.TREE_TIMES_KEEP, clamp: PLAN.TREE_TIMES_CLAMP, set: PLAN.TREE_TIMES_SET } as const;

/**
 * Takes from an overlay's upper directory what no layer holds, in place, and sets its files' times. Returns what was left
 * out, a line each.
 */
export async function settleLayer(ctx: Context, upper: string, times: TimeRule): Promise<string[]> {
  const seconds = times.kind === 'keep' ? 0 : times.seconds;
  const plan = treePlan(ctx).add('TREE_SETTLE', upper, RULES[times.kind], seconds);
  const { stderr } = await runBeside(ctx, plan, 'making a layer');
  return stderr.split('\n').filter(Boolean);
}

/** Writes the archive of a settled layer. Returns the sum of the sizes of its files in bytes. */
export async function archiveLayer(ctx: Context, directory: string, archive: string): Promise<number> {
  const plan = treePlan(ctx).add('TREE_TAR', archive, PLAN.TREE_WHITEOUTS, directory);
  return Number((await runBeside(ctx, plan, 'writing the archive of a layer')).stdout);
}

/** Runs a plan of file operations while this process does something else. */
async function runBeside(
  ctx: Context,
  plan: Plan,
  action: string,
): Promise<{ stdout: string; stderr: string }> {
  const helper = startHelper(ctx, 'tree', plan);
  helper.stdin.end();
  const result = { stdout: '', stderr: '' };
  helper.stdout.on('data', (data: Buffer) => (result.stdout += data.toString()));
  helper.stderr.on('data', (data: Buffer) => (result.stderr += data.toString()));
  const status = await new Promise<number>((resolve, reject) => {
    helper.on('error', reject);
    helper.on('close', (code) => resolve(code ?? 125));
  });
  if (status === 0) return result;
  throw helperError(action, { status, stderr: result.stderr });
}
