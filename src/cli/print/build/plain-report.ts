import type { BuildEvent, StepLabel } from '../../../build/events';
import { describePlace } from '../../../build/language/language-error';
import { makeLineSplitter } from './line-splitter';
import type { LineSplitter } from './line-splitter';
import type { BuildPrinter } from './printer';
import { stepPlace, stepText, stepTime } from './step-text';

/** Milliseconds after which a step that is still at work is told of. */
const PATIENCE = 50;

/** A step that is at work. */
interface Active {
  step: StepLabel;
  splitter: LineSplitter;
  /** Whether its line has been written. */
  isTold: boolean;
  /** What it was last said to wait for. */
  progress?: string;
}

/**
 * A line for each step that ends at once; others have one at the beginning and one at the end. What programs write comes
 * with the place of their step while several are at work.
 */
export function plainReport(write: (line: string, step?: StepLabel) => void): BuildPrinter {
  const active = new Map<number, Active>();
  let timer: NodeJS.Timeout | undefined;

  function tell(one: Active): void {
    if (!one.isTold) write(stepText(one.step), one.step);
    one.isTold = true;
  }

  function tellSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      active.forEach(tell);
    }, PATIENCE).unref();
  }

  function lines(one: Active, texts: string[]): void {
    if (texts.length > 0) tell(one);
    const prefix = active.size > 1 ? stepPlace(one.step) : '';
    for (const text of texts) write(`${prefix}${text}`, one.step);
  }

  /** How far it is changes too often for lines. */
  function waits(one: Active, text: string): void {
    if (one.progress === text) return;
    one.progress = text;
    lines(one, [text]);
  }

  function find(step: StepLabel): Active {
    const one = active.get(step.id) ?? { step, splitter: makeLineSplitter(), isTold: false };
    active.set(step.id, one);
    return one;
  }

  function end(step: StepLabel, word: string): void {
    const one = find(step);
    lines(one, one.splitter.rest());
    active.delete(step.id);
    write(one.isTold ? `${stepPlace(step)}${word}` : `${stepText(step)} (${word})`, step);
  }

  function report(event: BuildEvent): void {
    if (event.kind === 'warning') return write(warningLine(event));
    const { step } = event;
    if (event.kind === 'output') lines(find(step), find(step).splitter.push(event.data));
    else if (event.kind === 'progress') waits(find(step), event.text);
    else if (event.kind === 'cached') end(step, 'cached');
    else if (event.kind === 'done') end(step, `done in ${stepTime(event.seconds)}`);
    else if (event.kind === 'failed') end(step, `failed in ${stepTime(event.seconds)}`);
    else if (find(step)) tellSoon();
  }
  return { report, close: () => clearTimeout(timer) };
}

/** `Warning: FILE:LINE:COLUMN: text`. */
export function warningLine({ text, at }: Extract<BuildEvent, { kind: 'warning' }>): string {
  return `Warning: ${at ? `${describePlace(at)}: ` : ''}${text}`;
}
