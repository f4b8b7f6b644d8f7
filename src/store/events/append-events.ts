import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Context } from '../../lib/context';
import { describeError, isErrno } from '../../lib/errors';
import { JOURNAL_SOCKET, type EngineEvent } from '../../lib/engine-event';
import { eventLine } from './event-line';
import { eventLog, type EventLog } from './event-log';
import { journalEntry } from './journal-entry';

const LINE_FEED = 0x0a;

/**
 * Writes events down, with one write. What cannot be written is told as a warning: the command has done its work by then.
 * They are not synced: a power loss may take the last ones.
 */
export async function appendEvents(ctx: Context, events: readonly EngineEvent[]): Promise<void> {
  const log = eventLog(ctx);
  try {
    if (log.logger === 'file') await appendToFile(ctx, log, events.map(eventLine).join(''));
    else if (log.logger === 'journald') await sendToJournal(events);
  } catch (error) {
    // a store that cannot be made is the command's own error
    if (log.logger === 'file' && dirname(log.path) === ctx.paths.root && !existsSync(ctx.paths.root)) return;
    const place = log.logger === 'file' ? log.path : JOURNAL_SOCKET;
    ctx.log('warn', `writing events to "${place}": ${describeError(error)}`);
  }
}

async function appendToFile(ctx: Context, log: EventLog, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const fd = await openLog(log, ctx.paths.root, bytes.length);
  try {
    writeSync(fd, endsInsideALine(fd) ? Buffer.concat([Buffer.from('\n'), bytes]) : bytes);
  } finally {
    closeSync(fd);
  }
}

async function openLog(log: EventLog, root: string, added: number): Promise<number> {
  const fd = openForAppending(log.path, root);
  const own = fstatSync(fd);
  if (log.maxSize === 0 || !own.isFile() || own.size === 0 || own.size + added <= log.maxSize) return fd;
  try {
    await rotate(log.path, fd, own.ino);
  } finally {
    closeSync(fd);
  }
  return openForAppending(log.path, root);
}

function openForAppending(path: string, root: string): number {
  try {
    return openSync(path, 'a+', 0o600);
  } catch (error) {
    // the store may not be there yet; who names another place has made it
    if (!isErrno(error, 'ENOENT') || dirname(path) !== root) throw error;
    mkdirSync(root, { recursive: true, mode: 0o700 });
    return openSync(path, 'a+', 0o600);
  }
}

/** Who has the lock on the file renames it, unless somebody has done so already. */
async function rotate(path: string, fd: number, inode: number): Promise<void> {
  const { tryLockDescriptor } = await import('../../sys/file-lock');
  if (!tryLockDescriptor(fd)) return;
  if (statSync(path, { throwIfNoEntry: false })?.ino === inode) renameSync(path, `${path}.1`);
}

/** A line that was cut off by a power loss is not to spoil the next one. */
function endsInsideALine(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== LINE_FEED;
}

async function sendToJournal(events: readonly EngineEvent[]): Promise<void> {
  const { sendDatagrams } = await import('../../sys/unix-datagram');
  sendDatagrams(
    JOURNAL_SOCKET,
    events.map((event) => Buffer.from(journalEntry(event))),
  );
}
