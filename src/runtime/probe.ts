import type { Context } from '../lib/context';
import { runHelper } from './helper';

/** Tests a feature of this machine by using it (native/role_probe.c): the `key=value` lines that came out. */
export function probe(ctx: Context, what: string, ...args: string[]): Record<string, string> {
  const result = runHelper(ctx, 'probe', undefined, { args: [what, ...args], capture: true });
  const facts: Record<string, string> = {};
  for (const line of result.stdout.toString().split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) facts[line.slice(0, equals)] = line.slice(equals + 1);
  }
  return facts;
}
