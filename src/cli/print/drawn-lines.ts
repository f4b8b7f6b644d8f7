import type { BlobEvent } from '../../image/copy-report';
import { humanSize } from '../../lib/size';
import { writeError } from '../output';

/** Lines on a terminal: what is said once, and below it the blobs that are on their way. */
export interface DrawnLines {
  line(text: string): void;
  blob(event: BlobEvent): void;
}

/** Between two drawings, in milliseconds. */
const pause = 100;

/** What is done is written once; below it stand the layers that are on their way, drawn over and over. */
export function drawnLines(): DrawnLines {
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

  function blob(event: BlobEvent): void {
    if (event.state === 'waiting') return;
    if (event.state !== 'copying') {
      active.delete(event.digest);
      return draw([progressLine(event)]);
    }
    const isNew = !active.has(event.digest);
    active.set(event.digest, event);
    if (isNew || Date.now() - last >= pause) draw([]);
  }

  return { line: (text) => draw([text]), blob };
}

/** Short enough for 80 columns: a line that wraps could not be drawn over. */
function progressLine({ digest, name: called, size, got, state }: BlobEvent): string {
  const name = `Copying blob ${called?.slice(0, 24) ?? digest.slice(7, 19)}`;
  if (state === 'skipped') return `${name} skipped: already exists`;
  if (state === 'done') return `${name} done   | ${humanSize(size)}`;
  const width = 24;
  const full = size === 0 ? width : Math.min(width, Math.floor((got / size) * width));
  return `${name} [${'='.repeat(full).padEnd(width, '-')}] ${humanSize(got)} / ${humanSize(size)}`;
}
