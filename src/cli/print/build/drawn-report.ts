import type { BuildEvent, StepLabel } from '../../../build/events';
import { warningLine } from './plain-report';
import type { BuildPrinter } from './printer';
import { keepLastLines } from './quiet-report';
import { cut, stepText, stepTime } from './step-text';

/** Between two drawings, in milliseconds. */
const PAUSE = 100;

/** A terminal. */
export interface Screen {
  write(text: string): void;
  /** How many columns it has now. */
  width(): number;
  now(): number;
}

/** A step that is at work. */
interface Active {
  step: StepLabel;
  /** Milliseconds. */
  since: number;
  progress: string;
}

/**
 * One line for each step, with its time: written once when it has ended, and drawn over and over below while it is at
 * work. A step that fails shows its last lines.
 */
export function drawnReport(screen: Screen): BuildPrinter {
  const active = new Map<number, Active>();
  const last = keepLastLines();
  let drawn = 0;
  let latest = 0;
  const timer = setInterval(() => draw([]), PAUSE);
  timer.unref();

  function draw(lines: readonly string[]): void {
    if (lines.length === 0 && active.size === 0 && drawn === 0) return;
    const up = drawn === 0 ? '' : `\x1b[${drawn}A\x1b[J`;
    const block = [...active.values()].map((each) => activeLine(each, screen));
    screen.write(`${up}${[...lines, ...block].map((line) => `${line}\n`).join('')}`);
    drawn = block.length;
    latest = screen.now();
  }

  function begin(step: StepLabel): Active {
    const one = active.get(step.id) ?? { step, since: screen.now(), progress: '' };
    active.set(step.id, one);
    return one;
  }

  /** A step that looks for what it needs has not been started yet. */
  function show({ step, text, amount }: Extract<BuildEvent, { kind: 'progress' }>): void {
    begin(step).progress = amount === undefined ? text : `${text}, ${amount}`;
  }

  function report(event: BuildEvent): void {
    last.take(event);
    if (event.kind === 'warning') return draw([cut(warningLine(event), screen.width())]);
    const { step } = event;
    if (event.kind === 'start') begin(step);
    else if (event.kind === 'progress' || event.kind === 'output') {
      if (event.kind === 'progress') show(event);
      if (screen.now() - latest < PAUSE) return;
    } else {
      active.delete(step.id);
      return draw(endedLines(event, last.of(step.id), screen));
    }
    draw([]);
  }

  return {
    report,
    close() {
      clearInterval(timer);
      active.clear();
      draw([]);
    },
  };
}

function endedLines(
  event: Extract<BuildEvent, { kind: 'done' | 'failed' | 'cached' }>,
  lines: string[],
  screen: Screen,
): string[] {
  const end = event.kind === 'cached' ? 'cached' : stepTime(event.seconds);
  const line = withEnd(stepText(event.step), event.kind === 'failed' ? `failed ${end}` : end, screen);
  return event.kind === 'failed' ? [line, ...lines.map((each) => `  | ${withoutControls(each)}`)] : [line];
}

function activeLine({ step, since, progress }: Active, screen: Screen): string {
  const text = progress === '' ? stepText(step) : `${stepText(step)}: ${progress}`;
  return withEnd(text, stepTime((screen.now() - since) / 1000), screen);
}

/** The end at the right side. A line that wraps could not be drawn over. */
function withEnd(text: string, end: string, screen: Screen): string {
  const width = Math.max(20, Math.min(screen.width(), 120) - 1);
  const room = width - end.length - 1;
  return `${cut(text, room).padEnd(room)} ${end}`;
}

/** What programs write may move the cursor; colours stay. */
function withoutControls(text: string): string {
  return text.replace(/\x1b\[[0-9;?]*[A-Za-ln-z]|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g, '');
}
