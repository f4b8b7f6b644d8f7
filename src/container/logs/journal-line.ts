import { formatRfc3339 } from '../../lib/time';
import type { LogLine } from './read-logs';

/** One entry of `journalctl --output=json`, and its place in the journal; texts that are not UTF-8 come as lists of bytes. */
export function parseEntry(text: string): { line: LogLine; cursor: string | undefined } | undefined {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const message = entry['MESSAGE'];
  if (typeof message !== 'string' && !Array.isArray(message)) return undefined;
  const micros = entry['__REALTIME_TIMESTAMP'];
  const line: LogLine = {
    time: formatRfc3339(typeof micros === 'string' && /^\d+$/.test(micros) ? BigInt(micros) * 1000n : 0n),
    stream: entry['PRIORITY'] === '3' ? 'stderr' : 'stdout',
    isWhole: entry['CONTAINER_PARTIAL_MESSAGE'] !== 'true',
    text: Buffer.from(message as string),
  };
  const cursor = entry['__CURSOR'];
  return { line, cursor: typeof cursor === 'string' ? cursor : undefined };
}
