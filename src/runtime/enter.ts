import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { realpathSync } from 'node:fs';
import type { Context } from '../lib/context';
import { becomeHelper, runHelper, startHelper } from './helper';
import { helperError } from './helper-error';
import { Plan } from './plan';
import { addSharedMount, type SharedMount } from './shared-mount';
import { addCommonUserns } from './userns';

/** Runs this very command again as uid 0 of the common user namespace, with all subordinate ids; never returns. */
export function reenter(ctx: Context, argv: readonly string[]): never {
  return becomeHelper(ctx, 'enter', enterPlan(ctx, tspodCommand(argv)));
}

/** The variable that tells a command that `reenterPrivately` has run it again. */
const PRIVATE = 'TSPOD_PRIVATE_MOUNTS';

/** Whether this process may mount: it has all ids, and a mount namespace of its own that ends with it. */
export function hasPrivateMounts(ctx: Context): boolean {
  return ctx.hasIds && ctx.env[PRIVATE] === String(process.pid);
}

/** As `reenter`, with a mount namespace of its own; also for root. */
export function reenterPrivately(ctx: Context, argv: readonly string[]): never {
  const env = { ...ctx.env, [PRIVATE]: String(process.pid) };
  const plan = enterPlan({ ...ctx, env }, tspodCommand(argv));
  return becomeHelper(ctx, 'enter', plan.add('NS_NEW', CLONE_NEWNS));
}

/** Says in the environment of a command that runs itself again that a file system has been mounted for it. */
export const MOUNTED = 'TSPOD_MOUNTED';

/** The same in a mount namespace of its own that has these mounts; never returns. */
export function reenterMounted(ctx: Context, argv: readonly string[], mounts: readonly SharedMount[]): never {
  const plan = enterPlan({ ...ctx, env: { ...ctx.env, [MOUNTED]: '1' } }, tspodCommand(argv));
  plan.add('NS_NEW', CLONE_NEWNS);
  for (const mount of mounts) addSharedMount(plan, mount);
  return becomeHelper(ctx, 'enter', plan);
}

/** Runs another tspod command in the common user namespace and returns what it printed; throws what it said when it fails. */
export function runInUserns(ctx: Context, argv: readonly string[], action: string): string {
  const result = runHelper(ctx, 'enter', enterPlan(ctx, tspodCommand(argv)), { capture: true });
  if (result.status !== 0) throw helperError(action, result);
  return result.stdout.toString();
}

/**
 * Starts another tspod command in the common user namespace, with pipes to its standard output and error, and to its
 * input unless that is this process's own. Error `machine`, by the child's event `error`: there is no helper.
 */
export function startInUserns(
  ctx: Context,
  argv: readonly string[],
  stdin: 'pipe' | 'inherit' = 'pipe',
): ChildProcessWithoutNullStreams {
  return startHelper(ctx, 'enter', enterPlan(ctx, tspodCommand(argv)), stdin);
}

/** Becomes a program in the common user namespace, with a mount namespace of its own (`unshare`); never returns. */
export function enterWith(ctx: Context, argv: readonly string[]): never {
  const plan = enterPlan(ctx, argv);
  plan.add('NS_NEW', CLONE_NEWNS);
  return becomeHelper(ctx, 'enter', plan);
}

/** Tries whether the common user namespace can be joined or made: what the helper said when it cannot. */
export function enterTest(ctx: Context): { status: number; message: string } {
  const { status, stderr } = runHelper(ctx, 'enter', enterPlan(ctx, ['/bin/true']), { capture: true });
  return { status, message: stderr.trim().replace(/^Error: /, '') };
}

const CLONE_NEWNS = 0x20000;

function enterPlan(ctx: Context, argv: readonly string[]): Plan {
  const plan = new Plan();
  addCommonUserns(plan, ctx);
  const env: Record<string, string | undefined> = {
    ...ctx.env,
    // where it is not set, the user 0 in there would have root's
    HOME: ctx.home,
    TSPOD_UID: String(ctx.uid),
    TSPOD_GID: String(ctx.gid),
    TSPOD_USER: ctx.user,
  };
  plan.add('CWD', process.cwd());
  plan.add('ENV', ...Object.entries(env).map(([name, value]) => `${name}=${value ?? ''}`));
  return plan.add('ARGV', ...argv);
}

function tspodCommand(argv: readonly string[]): string[] {
  // as in bin/tspod: Node keeps its hands off what follows --
  return [process.execPath, '--', realpathSync(process.argv[1] ?? ''), ...argv];
}
