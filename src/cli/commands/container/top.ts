import { DEFAULT_DETACH_KEYS, parseDetachKeys } from '../../../container/detach-keys';
import { findContainer, latestContainer } from '../../../container/find';
import {
  isDescriptor,
  runningState,
  splitDescriptors,
  topContainer,
} from '../../../container/top/top-container';
import type { Context } from '../../../lib/context';
import { TspodError, wrapError } from '../../../lib/errors';
import { alignRows } from '../../../lib/table';
import { defineCommand, type Output } from '../../define-command';
import { latestOption } from '../../options/selection';

/** `tspod top`. */
export default defineCommand({
  summary: 'Display the running processes of a container',
  usage: '[options] CONTAINER [DESCRIPTOR...|PS-OPTION...]',
  description:
    'Shows the processes of a container; the image needs no ps. Arguments that begin with a dash are for the ps of the container.',
  options: { latest: latestOption },
  args: { min: 0 },
  interspersed: false,
  examples: ['tspod top web', 'tspod top web pid,user,args', 'tspod top web -- -ef'],
  async run(ctx, { latest }, args, output) {
    const [name, ...rest] = latest ? [latestContainer(ctx).id, ...args] : args;
    if (name === undefined)
      throw new TspodError('usage', 'you must provide the name or id of a running container');
    const wanted = rest[0] === '--' ? rest.slice(1) : rest;
    const record = find(ctx, name);
    if (wanted[0]?.startsWith('-') || isBsdStyle(wanted)) {
      runningState(ctx, record);
      const { execInContainer } = await import('../../../container/exec/exec-container');
      const quiet = { detach: false, env: {}, interactive: false, tty: false, privileged: false };
      const detachKeys = parseDetachKeys(DEFAULT_DETACH_KEYS);
      await execInContainer(ctx, record.id, { ...quiet, argv: ['ps', ...wanted], detachKeys });
    }
    const rows = topContainer(ctx, record, splitDescriptors(wanted));
    for (const line of await tableLines(rows, output)) output.print(line);
  },
});

/** Aligned as Podman does; closer, and with a shorter command, where a terminal is too narrow for that. */
export async function tableLines(
  rows: readonly string[][],
  output: Output,
  width = process.stdout.columns ?? Infinity,
): Promise<string[]> {
  const aligned = alignRows(rows);
  if (!output.isTerminal || aligned.every((line) => line.length <= width)) return aligned;
  const { fitTable } = await import('../../print/fit-table');
  const shrinkable = (rows[0] ?? []).map((header) => header === 'COMMAND' || header.includes('CAPS'));
  return fitTable({ lines: rows, shrinkable, state: -1 }, width, output);
}

/** `aux` and the like: options of ps(1) without a dash. */
function isBsdStyle(wanted: readonly string[]): boolean {
  return (
    wanted.length === 1 && /^[aefgjlruvwxX]{2,5}$/.test(wanted[0] ?? '') && !isDescriptor(wanted[0] ?? '')
  );
}

function find(ctx: Context, name: string): ReturnType<typeof findContainer> {
  try {
    return findContainer(ctx, name);
  } catch (error) {
    throw wrapError('unable to look up requested container', error);
  }
}
