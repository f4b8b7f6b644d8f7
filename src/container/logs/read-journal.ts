import { isErrno, TspodError } from '../../lib/errors';
import type { ContainerRecord } from '../record';
import type { LogLine, LogOptions } from './read-logs';

/** A container's output from the journal of the machine, through journalctl(1). Throws 'machine' where that is missing. */
export async function* readJournal(record: ContainerRecord, options: LogOptions): AsyncGenerator<LogLine> {
  const { programLines } = await import('../../sys/program-lines');
  try {
    for await (const text of programLines('journalctl', journalArguments(record, options))) {
      const line = parseEntry(text);
      if (line) yield line;
    }
  } catch (cause) {
    throw isErrno(cause, 'ENOENT') ? missing(cause) : cause;
  }
}

function journalArguments({ id }: ContainerRecord, { follow, tail, since, until }: LogOptions): string[] {
  const at = (ns: bigint): string => `@${Number(ns / 1000n) / 1e6}`;
  return [
    '--quiet',
    '--output=json',
    '--all',
    ...(follow ? ['--follow'] : []),
    tail !== undefined && tail >= 0 ? `--lines=${tail}` : '--lines=all',
    ...(since === undefined ? [] : [`--since=${at(since)}`]),
    ...(until === undefined ? [] : [`--until=${at(until)}`]),
    `CONTAINER_ID_FULL=${id}`,
  ];
}

/** One entry of `journalctl --output=json`; texts that are not UTF-8 come as lists of bytes. */
export function parseEntry(text: string): LogLine | undefined {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const message = entry['MESSAGE'];
  if (typeof message !== 'string' && !Array.isArray(message)) return undefined;
  const micros = Number(entry['__REALTIME_TIMESTAMP'] ?? 0);
  return {
    time: new Date(micros / 1000).toISOString(),
    stream: entry['PRIORITY'] === '3' ? 'stderr' : 'stdout',
    isWhole: entry['CONTAINER_PARTIAL_MESSAGE'] !== 'true',
    text: Buffer.from(message as string),
  };
}

function missing(cause: unknown): TspodError {
  return new TspodError('machine', 'reading the journal: journalctl cannot be run', {
    hint: 'install systemd, or make the container with --log-driver k8s-file',
    cause,
  });
}
