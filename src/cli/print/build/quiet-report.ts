import type { BuildEvent } from '../../../build/events';
import { makeLineSplitter } from './line-splitter';
import type { LineSplitter } from './line-splitter';
import type { BuildPrinter } from './printer';
import { stepText } from './step-text';

/** Lines of a step that are shown when it fails. */
const KEPT = 20;

/** What a step has written last. */
export interface LastLines {
  take(event: BuildEvent): void;
  /** Of the step, and nothing more is kept of it. */
  of(id: number): string[];
}

/** Keeps the last lines of every step that is at work. */
export function keepLastLines(): LastLines {
  const kept = new Map<number, { splitter: LineSplitter; lines: string[] }>();
  return {
    take(event) {
      if (event.kind === 'done') kept.delete(event.step.id);
      if (event.kind !== 'output') return;
      const found = kept.get(event.step.id) ?? { splitter: makeLineSplitter(), lines: [] };
      found.lines = [...found.lines, ...found.splitter.push(event.data)].slice(-KEPT);
      kept.set(event.step.id, found);
    },
    of(id) {
      const found = kept.get(id);
      kept.delete(id);
      return found === undefined ? [] : [...found.lines, ...found.splitter.rest()].slice(-KEPT);
    },
  };
}

/** Says nothing, until a step fails: then what it was and its last lines. */
export function quietReport(write: (line: string) => void): BuildPrinter {
  const last = keepLastLines();
  return {
    report(event) {
      last.take(event);
      if (event.kind !== 'failed') return;
      const lines = last.of(event.step.id);
      if (lines.length > 0) write(stepText(event.step));
      lines.forEach((line) => write(line));
    },
    close: () => undefined,
  };
}
