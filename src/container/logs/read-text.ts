import type { Context } from '../../lib/context';
import { LogFiles } from '../../sys/log-files';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { parseLogLine, type LogRecord } from './log-line';

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const WHOLE = 0x46;
const PIECE = 0x50;
/** The fifth letter tells `stderr` from `stdout`. */
const FIFTH_OF_STDOUT = 0x6f;

/** What a program has written to one of its streams. */
export interface LogText {
  stream: LogRecord['stream'];
  /** Until the next one is asked for. */
  bytes: Buffer;
}

/** Whether a container's whole log can be read by `readText`. */
export function isPlainLog({ options: { log } }: ContainerRecord): boolean {
  return log.driver === 'k8s-file' || log.driver === 'json-file';
}

/**
 * A whole log as its program wrote it, in large pieces: a log has millions of lines, and who wants neither times nor a part of it
 * needs none of them by itself. The lines are put together where they lie.
 */
export function* readText(ctx: Context, record: ContainerRecord): Generator<LogText> {
  const files = new LogFiles(record.options.log.path ?? containerPaths(ctx, record.id).log);
  const place = { timeLength: 0 };
  try {
    for (const block of files.blocks()) yield* textOf(block, place);
  } finally {
    files.close();
  }
}

/** Where the text of a line is, and whose it is. */
interface TextPlace {
  stream: LogRecord['stream'];
  start: number;
  end: number;
}

function* textOf(block: Buffer, place: { timeLength: number }): Generator<LogText> {
  let stream: LogRecord['stream'] = 'stdout';
  let begin = 0;
  let filled = 0;
  for (let start = 0, end = block.indexOf(LINE_FEED); end >= 0; end = block.indexOf(LINE_FEED, start)) {
    const found = usualPlace(block, start, end, place.timeLength) ?? anyPlace(block, start, end, place);
    start = end + 1;
    if (found === undefined) continue;
    if (found.stream !== stream && filled > begin) {
      yield { stream, bytes: block.subarray(begin, filled) };
      begin = filled;
    }
    stream = found.stream;
    block.copyWithin(filled, found.start, found.end);
    filled += found.end - found.start;
  }
  if (filled > begin) yield { stream, bytes: block.subarray(begin, filled) };
}

/** `TIME STREAM F|P TEXT` with a time as long as that of the line before. */
function usualPlace(block: Buffer, start: number, end: number, timeLength: number): TextPlace | undefined {
  const at = start + timeLength;
  const tag = block[at + 8];
  const isUsual =
    timeLength > 0 &&
    at + 9 < end &&
    block[at] === SPACE &&
    block[at + 7] === SPACE &&
    block[at + 9] === SPACE &&
    (tag === WHOLE || tag === PIECE);
  if (!isUsual) return undefined;
  const stream = block[at + 4] === FIFTH_OF_STDOUT ? 'stdout' : 'stderr';
  return { stream, start: at + 10, end: tag === WHOLE ? end + 1 : end };
}

/** Of every line that is one; the others are left out. */
function anyPlace(
  block: Buffer,
  start: number,
  end: number,
  place: { timeLength: number },
): TextPlace | undefined {
  const line = parseLogLine(block.subarray(start, end));
  if (line === undefined) return undefined;
  place.timeLength = line.time.length;
  const hasEnd = line.isWhole && line.isEnd !== true;
  return { stream: line.stream, start: end - line.text.length, end: hasEnd ? end + 1 : end };
}
