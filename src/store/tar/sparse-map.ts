import { TspodError } from '../../lib/errors';
import type { SparseSegment } from './entry';
import { number } from './header-block';

/** Reads `count` entries of an old GNU sparse map (24 bytes each) at `start`; an empty one ends it. */
export function readGnuSparseEntries(block: Buffer, start: number, count: number): SparseSegment[] {
  const segments: SparseSegment[] = [];
  for (let i = 0; i < count; i++) {
    const at = start + i * 24;
    if (block[at] === 0) break;
    segments.push({ offset: number(block, at, 12), length: number(block, at + 12, 12) });
  }
  return segments;
}

/** The map from the numbers `offset, length, offset, length ...` of the PAX sparse formats. */
export function sparseFromNumbers(numbers: string[]): SparseSegment[] {
  if (numbers.length % 2 !== 0) throw malformed();
  const segments: SparseSegment[] = [];
  for (let i = 0; i < numbers.length; i += 2) {
    segments.push({ offset: decimal(numbers[i]), length: decimal(numbers[i + 1]) });
  }
  return segments;
}

/** The map that stands in front of the data in PAX sparse format 1.0; undefined when more blocks are needed. */
export function parseSparseMapBlocks(blocks: Buffer): SparseSegment[] | undefined {
  const lines = blocks.toString('latin1').split('\n');
  lines.pop();
  const [count, ...numbers] = lines;
  if (count === undefined) return undefined;
  const wanted = decimal(count) * 2;
  return numbers.length < wanted ? undefined : sparseFromNumbers(numbers.slice(0, wanted));
}

/** Refuses a map whose segments overlap, go backwards, leave the file, or do not add up to the stored size. */
export function checkSparseMap(segments: SparseSegment[], size: number, storedSize: number): void {
  let end = 0;
  let total = 0;
  for (const { offset, length } of segments) {
    if (offset < end || offset + length > size) throw malformed();
    end = offset + length;
    total += length;
  }
  if (total !== storedSize) throw malformed();
}

function decimal(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/.test(text)) throw malformed();
  return Number(text);
}

function malformed(): TspodError {
  return new TspodError('invalid', 'malformed map of a sparse file in the tar archive');
}
