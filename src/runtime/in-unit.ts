import { readFileSync } from 'node:fs';
import type { Context } from '../lib/context';

/**
 * Whether a service of systemd does this: its main process has to be one of its control group, so the monitor stays there. A shell
 * in a terminal that was itself started as a service has that terminal. `readStat` reads /proc/self/stat.
 */
export function isInUnit({ env }: Pick<Context, 'env'>, readStat = ownStat): boolean {
  return Boolean(env['INVOCATION_ID']) && !hasTerminal(readStat());
}

function ownStat(): string {
  return readFileSync('/proc/self/stat', 'utf8');
}

/** The controlling terminal is the fifth word after the name of the program (proc_pid_stat(5)). */
function hasTerminal(stat: string): boolean {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4] !== '0';
}
