import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, without a slash at its end. */
export const project = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The program under test. */
export const tspodProgram = join(project, 'bin/tspod');

/** The version that package.json names. */
export function packageVersion(): string {
  const content = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { version: string };
  return content.version;
}
