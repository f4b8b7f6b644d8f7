import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from './test-home';
import { runTspod } from './tspod';
import type { Result, RunOptions } from './tspod';
import { uniqueName } from './unique-name';
import { words } from './words';

/** The first line of most Containerfiles of tests. */
export const BASE = 'FROM localhost/busybox';

/** A new context with a Containerfile of these lines, and other files by their paths. */
export function makeContext(lines: readonly string[], files: Record<string, string> = {}): string {
  const folder = testFolder('context');
  for (const [name, text] of Object.entries({ Containerfile: `${lines.join('\n')}\n`, ...files })) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** `tspod build` without a network, which prints the id only. */
export function build(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  return runTspod(['build', '-q', '--network', 'none', ...args], options);
}

/** What a command says in a container of what is built from these arguments. */
export async function ask(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const name = uniqueName();
  await build(['-t', name, ...args], options);
  const { stdout } = await runTspod(words`run --rm --network none --entrypoint '' ${name} sh -c ${command}`);
  await runTspod(['rmi', name]);
  return stdout.trim();
}
