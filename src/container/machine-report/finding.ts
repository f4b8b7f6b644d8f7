import { readFileSync } from 'node:fs';
import { TspodError, describeError } from '../../lib/errors';

/** One fact of the machine: `fail` stops containers, `warn` only takes something away. */
export interface Check {
  name: string;
  level: 'ok' | 'warn' | 'fail';
  detail: string;
  /** What mends it; absent where it is ok, and where an error has no other cure than what it says. */
  cure?: string;
}

/** What a check found. */
export type Finding = Omit<Check, 'name'>;

/** Nothing is to be mended. */
export function ok(detail: string): Finding {
  return { level: 'ok', detail };
}

/** An error as a finding, with the error's own cure. */
export function failure(error: unknown): Finding {
  const hint = error instanceof TspodError ? error.hint : undefined;
  return { level: 'fail', detail: describeError(error), ...(hint === undefined ? {} : { cure: hint }) };
}

/** The value of a kernel setting such as `user/max_user_namespaces`; undefined where there is none. */
export function sysctl(path: string): string | undefined {
  return firstLine(`/proc/sys/${path}`);
}

/** What a small file says; undefined when it cannot be read. */
export function firstLine(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').split('\n')[0]?.trim();
  } catch {
    return undefined;
  }
}
