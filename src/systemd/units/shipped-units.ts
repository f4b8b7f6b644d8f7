import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wrapError } from '../../lib/errors';
import { escapeSpecial, joinWords } from '../unit-words';

/** The first line of what was written, by which it is known again. */
export const MARK =
  '# Written by "tspod system install-units", which replaces this file: change it with "systemctl edit".';

/** One file for systemd. */
export interface ShippedUnit {
  name: string;
  text: string;
}

/** The units in a folder of the package, made to start this program. */
export function shippedUnits(folder: string, program: readonly string[]): ShippedUnit[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => ({ name, text: adapt(readFileSync(join(folder, name), 'utf8'), program) }));
  } catch (error) {
    throw wrapError('reading the units of this package', error);
  }
}

function adapt(text: string, program: readonly string[]): string {
  const words = joinWords(program.map(escapeSpecial));
  return `${MARK}\n${text.replace(/^(Exec\w+=)tspod /gm, (_, key: string) => `${key}${words} `)}`;
}
