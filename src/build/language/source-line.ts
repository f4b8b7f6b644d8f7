import type { RawWord, SourceRange } from './types';

/** A part of a joined line that stands on one line of the file. */
interface Piece {
  /** Where it begins in the joined text. */
  offset: number;
  /** From 1. */
  line: number;
  /** Where it begins on its line; from 0. */
  column: number;
}

/** An instruction with its continuation lines joined, that knows where each character stands in the file. */
export interface SourceLine {
  text: string;
  file: string;
  /** All lines of the file, without their ends. */
  lines: readonly string[];
  /** At least one. */
  pieces: readonly Piece[];
}

/** Where `length` characters from `offset` on stand: as far as they are on one line. */
export function rangeOf({ file, lines, pieces }: SourceLine, offset: number, length: number): SourceRange {
  const index = pieces.findLastIndex((each) => each.offset <= offset);
  const piece = pieces[Math.max(0, index)] as Piece;
  const text = lines[piece.line - 1] ?? '';
  const column = Math.min(offset - piece.offset + piece.column, text.length);
  const room = (pieces[index + 1]?.offset ?? Infinity) - offset;
  return { file, line: piece.line, column: column + 1, length: Math.max(1, Math.min(length, room)), text };
}

/** The text from `start` to `end` as a word; `raw` where it is not what stands there. */
export function wordOf(
  line: SourceLine,
  start: number,
  end: number,
  raw = line.text.slice(start, end),
): RawWord {
  return { raw, at: rangeOf(line, start, end - start) };
}

/** The part of a line from `start` on as a line of its own. */
export function restOf(line: SourceLine, start: number): SourceLine {
  const first = line.pieces.findLastIndex((each) => each.offset <= start);
  const pieces = line.pieces.slice(Math.max(0, first)).map((piece, index) => {
    const skipped = index === 0 ? start - piece.offset : 0;
    return { offset: piece.offset + skipped - start, line: piece.line, column: piece.column + skipped };
  });
  return { ...line, text: line.text.slice(start), pieces };
}
