import { readFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import type { IdMapping, SubordinateIds } from '../lib/id-mapping';

/**
 * The maps for this user after /etc/subuid and /etc/subgid (subuid(5)), which are read once for a command. Without ranges there is
 * only the user's own id, which is said as a warning with the cure.
 */
export function subordinateIds(ctx: Context): SubordinateIds {
  return (ctx.subordinateIds ??= readIds(ctx));
}

function readIds(ctx: Context): SubordinateIds {
  const uids = ranges('/etc/subuid', ctx);
  const gids = ranges('/etc/subgid', ctx);
  if (uids.length === 0 || gids.length === 0) {
    ctx.log(
      'warn',
      `user ${ctx.user} has no subordinate ids in /etc/subuid and /etc/subgid: ${NO_IDS}\nhint: ${cure(ctx)}`,
    );
    return { uids: [own(ctx.uid)], gids: [own(ctx.gid)] };
  }
  return { uids: [own(ctx.uid), ...inARow(uids)], gids: [own(ctx.gid), ...inARow(gids)] };
}

const NO_IDS = 'containers have only user 0, and most images cannot be unpacked';

/** The command that gives a user subordinate ids. */
export function cure(ctx: Context): string {
  return `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${ctx.user}`;
}

/** Start and size of the user's ranges in a file; a missing file has none. */
export function ranges(
  file: string,
  { user, uid }: Pick<Context, 'user' | 'uid'>,
): { start: number; size: number }[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  const found: { start: number; size: number }[] = [];
  for (const line of text.split('\n')) {
    const [owner, start, size] = line.split(':');
    if (owner !== user && owner !== String(uid)) continue;
    if (Number(size) > 0 && Number.isInteger(Number(start)))
      found.push({ start: Number(start), size: Number(size) });
  }
  return found;
}

function own(id: number): IdMapping {
  return { container: 0, host: id, size: 1 };
}

function inARow(found: readonly { start: number; size: number }[]): IdMapping[] {
  let next = 1;
  return found.map(({ start, size }) => {
    const container = next;
    next += size;
    return { container, host: start, size };
  });
}
