import type { PullEvent } from '../../image/pull/pull-request';
import { humanSize } from '../../lib/size';
import type { Output } from '../define-command';
import { isTerminal, writeError } from '../output';

/** Tells how a pull goes, on standard error. */
export type PullReport = (event: PullEvent) => void;

/** Says nothing. */
export const silentReport: PullReport = () => undefined;

/** Plain lines as Podman's; on a terminal a line for each layer that is drawn anew as it comes. */
export function pullReport(output: Output): PullReport {
  return isTerminal(2) ? drawnReport() : plainReport(output);
}

function plainReport(output: Output): PullReport {
  const told = new Set<string>();
  return (event) => {
    if (event.kind !== 'blob') return output.note(lineOf(event));
    if (event.state === 'waiting' || told.has(event.digest)) return;
    told.add(event.digest);
    output.note(`Copying blob ${event.digest}${event.state === 'skipped' ? ' skipped: already exists' : ''}`);
  };
}

function lineOf(event: Exclude<PullEvent, { kind: 'blob' }>): string {
  if (event.kind === 'resolved') return event.description;
  if (event.kind === 'trying') return `Trying to pull ${event.name}...`;
  if (event.kind === 'started') return 'Getting image source signatures';
  if (event.kind === 'config') return `Copying config ${event.digest}`;
  return 'Writing manifest to image destination';
}

/** Between two drawings, in milliseconds. */
const pause = 100;

/** What is done is written once; below it stand the layers that are coming, drawn over and over. */
function drawnReport(): PullReport {
  const active = new Map<string, BlobEvent>();
  let drawn = 0;
  let last = 0;

  function draw(lines: readonly string[]): void {
    const up = drawn === 0 ? '' : `\x1b[${drawn}A\x1b[J`;
    const block = [...active.values()].map(progressLine);
    writeError(Buffer.from(`${up}${[...lines, ...block].map((line) => `${line}\n`).join('')}`));
    drawn = block.length;
    last = Date.now();
  }

  return (event) => {
    if (event.kind !== 'blob') return draw([lineOf(event)]);
    if (event.state === 'waiting') return;
    if (event.state !== 'copying') {
      active.delete(event.digest);
      return draw([progressLine(event)]);
    }
    const isNew = !active.has(event.digest);
    active.set(event.digest, event);
    if (isNew || Date.now() - last >= pause) draw([]);
  };
}

type BlobEvent = Extract<PullEvent, { kind: 'blob' }>;

/** Short enough for 80 columns: a line that wraps could not be drawn over. */
function progressLine({ digest, size, got, state }: BlobEvent): string {
  const name = `Copying blob ${digest.slice(7, 19)}`;
  if (state === 'skipped') return `${name} skipped: already exists`;
  if (state === 'done') return `${name} done   | ${humanSize(size)}`;
  const width = 24;
  const full = size === 0 ? width : Math.min(width, Math.floor((got / size) * width));
  return `${name} [${'='.repeat(full).padEnd(width, '-')}] ${humanSize(got)} / ${humanSize(size)}`;
}
