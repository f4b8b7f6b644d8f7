import type { Context } from '../lib/context';
import { describeError, TspodError } from '../lib/errors';
import { findProgram } from '../sys/programs';
import { runProgram } from '../sys/run-program';

/** Milliseconds after which systemd is taken for out of order. */
const PATIENCE = 60_000;

/**
 * What `systemctl` says, of the user's manager or as root of the system's; `timeout` in ms, 0 for none. Throws 'machine' when
 * there is none to ask, and 'system' when it refuses.
 */
export async function systemctl(
  ctx: Context,
  args: readonly string[],
  { timeout = PATIENCE } = {},
): Promise<string> {
  const program = findProgram(ctx, 'systemctl');
  if (program === undefined)
    throw new TspodError('machine', 'there is no systemctl on this machine', { hint: 'install systemd' });
  const whose = ctx.uid === 0 ? [] : ['--user'];
  const result = await runProgram(program, [...whose, ...args], {
    input: '',
    env: ctx.env,
    timeout,
  }).catch((error: unknown) => {
    throw new TspodError('machine', `"${program}" cannot be run: ${describeError(error)}`);
  });
  if (result.exitCode === 0) return result.stdout;
  const said = result.stderr.trim().split('\n')[0] ?? '';
  if (/bus|booted with systemd|DBUS_SESSION|connect/i.test(said)) throw noManager(said);
  throw new TspodError('system', `systemctl ${args[0]}: ${said}`);
}

function noManager(said: string): TspodError {
  return new TspodError('machine', `systemd cannot be reached: ${said}`, {
    hint: 'log in through ssh, a console or "machinectl shell", so that XDG_RUNTIME_DIR is set; "su" is no login',
  });
}

/** The state of units by their names, as `active/running`; those that are not loaded are missing. */
export async function unitStates(ctx: Context, names: readonly string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const said = await systemctl(ctx, ['show', '--property=Id,LoadState,ActiveState,SubState', '--', ...names]);
  const states = new Map<string, string>();
  for (const block of said.split(/\n\n+/)) {
    const fields = Object.fromEntries(
      block
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
    );
    if (fields['LoadState'] === 'loaded' && fields['Id'] !== undefined)
      states.set(fields['Id'], `${fields['ActiveState']}/${fields['SubState']}`);
  }
  return states;
}
