import { Chalk, type ChalkInstance } from 'chalk';
import type { Context } from '../../lib/context';
import type { Output } from '../define-command';

/** Colours for a terminal; none elsewhere, with NO_COLOR (no-color.org), and where TERM is dumb. */
export function colorsFor(output: Output, env: Context['env'] = process.env): ChalkInstance {
  const isColored = output.isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return new Chalk({ level: isColored ? 1 : 0 });
}
