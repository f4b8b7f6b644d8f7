/** One record of a k8s-file log: a line of output, or a piece of one. */
export interface LogRecord {
  /** RFC 3339 as the monitor wrote it. */
  time: string;
  stream: 'stdout' | 'stderr';
  /** False: the line goes on in the stream's next record. */
  isWhole: boolean;
  /** The program ended without a line feed: this is the end of its line. */
  isEnd?: boolean;
  text: Buffer;
}

const SPACE = 0x20;

/** Reads one line of a log, without its line feed: `TIME STREAM F|P|F:end TEXT`; undefined when it is none (a torn write). */
export function parseLogLine(line: Buffer): LogRecord | undefined {
  const time = line.indexOf(SPACE);
  const stream = line.indexOf(SPACE, time + 1);
  if (time < 0 || stream < 0 || line.length < stream + 2) return undefined;
  const text = line.indexOf(SPACE, stream + 1);
  const tag = line.toString('latin1', stream + 1, text < 0 ? line.length : text);
  const name = line.toString('latin1', time + 1, stream);
  if (name !== 'stdout' && name !== 'stderr') return undefined;
  return {
    time: line.toString('latin1', 0, time),
    stream: name,
    isWhole: tag.startsWith('F'),
    ...(tag === 'F:end' ? { isEnd: true } : {}),
    text: text < 0 ? line.subarray(line.length) : line.subarray(text + 1),
  };
}

/** The time as Podman prints it: no zeros at the end of the fraction, `Z` for UTC. */
export function shortTime(time: string): string {
  return time
    .replace(/(\.\d*?)0+(?=\D|$)/, '$1')
    .replace(/\.(?=\D|$)/, '')
    .replace(/[+-]00:00$/, 'Z');
}
