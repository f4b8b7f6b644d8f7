import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { findProgram } from '../../sys/programs';

/**
 * What the C preprocessor makes of a file that ends with `.in`, as Podman calls it. Errors: `machine`: there is no cpp;
 * `invalid`: what it has to say.
 */
export function preprocess(
  ctx: Context,
  path: string,
  { context, flags }: { context: string | undefined; flags: readonly string[] },
): string {
  const program = findProgram(ctx, 'cpp');
  if (program === undefined) {
    throw new TspodError('machine', `"${path}" is for the C preprocessor, and there is no program "cpp"`, {
      hint: 'install cpp, or name a Containerfile without ".in" with --file',
    });
  }
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const quotes = context === undefined ? [] : ['-iquote', context];
  const args = ['-E', ...quotes, '-traditional', '-undef', ...flags, '-P', path];
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...ctx.env } });
  if (status === 0) return stdout;
  throw new TspodError('invalid', `cpp refuses "${path}": ${stderr.trim().split('\n')[0] ?? ''}`);
}
