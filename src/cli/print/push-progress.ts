import type { BlobEvent } from '../../image/copy-report';
import type { Output } from '../define-command';
import { isTerminal } from '../output';
import { drawnLines } from './drawn-lines';

/** Tells how a push goes, on standard error. */
export interface PushReport {
  note: (line: string) => void;
  /** Absent where each blob gets a plain line. */
  progress?: (event: BlobEvent) => void;
}

/** Plain lines as Podman's; on a terminal a line for each layer that is drawn anew as it goes; with `quiet` nothing. */
export function pushReport(output: Output, quiet: boolean): PushReport {
  if (quiet) return { note: () => undefined };
  if (!isTerminal(2)) return { note: (line) => output.note(line) };
  const { line, blob } = drawnLines();
  return { note: line, progress: blob };
}
