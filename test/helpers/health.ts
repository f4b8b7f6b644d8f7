import { runTspod } from './tspod';
import { uniqueName } from './unique-name';

/** Only `healthcheck run` makes probes. */
export const BY_HAND = ['--health-interval', 'disable'];
/** What is waited for may take this long on a slow machine. */
export const PATIENCE = { timeout: 60_000 };

/** What `inspect` says of health. */
export interface Health {
  Status: string;
  FailingStreak: number;
  Log: { Start: string; End: string; ExitCode: number; Output: string }[] | null;
}

/** Starts a container without a network in the background and returns its name; the test removes it. */
export async function startChecked(
  options: readonly string[],
  command: readonly string[] = ['sleep', '1000'],
): Promise<string> {
  const name = uniqueName();
  const fixed = ['--name', name, '--network', 'none', '--stop-timeout', '0'];
  await runTspod(['run', '-d', ...fixed, ...options, 'busybox', ...command]);
  return name;
}

/** One template of `inspect`. */
export const inspect = async (name: string, template: string): Promise<string> =>
  (await runTspod(['inspect', '--format', template, name])).stdout.trim();
/** `State.Health` of a container. */
export const healthOf = async (name: string): Promise<Health> =>
  JSON.parse(await inspect(name, '{{json .State.Health}}')) as Health;
/** Exit status and output, or error, of `healthcheck run`. */
export const check = async (name: string): Promise<string> => {
  const { stdout, stderr, code } = await runTspod(['healthcheck', 'run', name], { expectCode: null });
  return `${code} ${stdout.trim() || stderr.trim()}`.trim();
};
/** Removes containers at once. */
export const remove = (...names: string[]) => runTspod(['rm', '-f', '-t', '0', ...names]);
