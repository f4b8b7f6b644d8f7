/** One record of a k8s-file log: a line of output, or a piece of one. */
export interface LogRecord {
  /** RFC 3339 as the monitor wrote it. */
  time: string;
  stream: 'stdout' | 'stderr';
  /** False: the line goes on in the stream's next record. */
  isWhole: boolean;
  text: Buffer;
}

const SPACE = 0x20;
const LETTER_F = 0x46;

/** Reads one line of a log, without its line feed: `TIME STREAM F|P TEXT`; undefined when it is none (a torn write). */
export function parseLogLine(line: Buffer): LogRecord | undefined {
  const time = line.indexOf(SPACE);
  const stream = line.indexOf(SPACE, time + 1);
  if (time < 0 || stream < 0 || line.length < stream + 2) return undefined;
  const name = line.toString('latin1', time + 1, stream);
  if (name !== 'stdout' && name !== 'stderr') return undefined;
  return {
    time: line.toString('latin1', 0, time),
    stream: name,
    isWhole: line[stream + 1] === LETTER_F,
    text: line.subarray(stream + 3),
  };
}

/** The time as Podman prints it: no zeros at the end of the fraction, `Z` for UTC. */
export function shortTime(time: string): string {
  return time
    .replace(/(\.\d*?)0+(?=\D|$)/, '$1')
    .replace(/\.(?=\D|$)/, '')
    .replace(/[+-]00:00$/, 'Z');
}
