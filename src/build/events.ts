import type { SourceRange } from './language/types';

/** One step, as it is shown. */
export interface StepLabel {
  /** Different for every step of a build, also with several platforms. */
  id: number;
  /** The stage's name, or its number. */
  stage: string;
  /** From 1, and how many its stage has, `FROM` included. */
  number: number;
  total: number;
  /** On one line: the instruction, or what the engine does (`exporting`). */
  text: string;
  /** Absent for steps of the engine. */
  at?: SourceRange;
  /** With several platforms: `linux/arm64`. */
  platform?: string;
}

/** What the engine tells while it builds. Every step is started once, and ends in one of the other ways. */
export type BuildEvent =
  | { kind: 'start'; step: StepLabel }
  | { kind: 'cached'; step: StepLabel }
  /** `seconds` since its start. */
  | { kind: 'done'; step: StepLabel; seconds: number }
  | { kind: 'failed'; step: StepLabel; seconds: number }
  /** What a program of the step has written, as it came. */
  | { kind: 'output'; step: StepLabel; stream: 'stdout' | 'stderr'; data: Uint8Array }
  /** What it waits for, and how far that is: `pulling example.com/image:1`, `3 MB of 45 MB`. The last one holds. */
  | { kind: 'progress'; step: StepLabel; text: string; amount?: string }
  | { kind: 'warning'; text: string; at?: SourceRange };

/** Gets the events of a build, in their order. */
export type BuildReport = (event: BuildEvent) => void;
