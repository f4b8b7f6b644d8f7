import type { LogRecord } from './log-line';

/** Puts the pieces of long lines together, each stream by itself. */
export class LineJoiner {
  #open: Partial<Record<LogRecord['stream'], LogRecord>> = {};

  /** The line that a record ends; undefined when there is more to come. */
  add(record: LogRecord): LogRecord | undefined {
    const open = this.#open[record.stream];
    const line = open
      ? { ...record, time: open.time, text: Buffer.concat([open.text, record.text]) }
      : record;
    delete this.#open[record.stream];
    if (record.isEnd) return { ...line, isWhole: false };
    if (record.isWhole) return line;
    this.#open[record.stream] = line;
    return undefined;
  }

  /** What has no end. */
  *unfinished(): Generator<LogRecord> {
    yield* Object.values(this.#open);
    this.#open = {};
  }
}
