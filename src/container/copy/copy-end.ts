import { TspodError } from '../../lib/errors';

/** One end of a copy as typed; `stream` is standard input or output. */
export type CopyEnd =
  { kind: 'host'; path: string } | { kind: 'container'; name: string; path: string } | { kind: 'stream' };

/**
 * Parses the two arguments of `cp`. What begins with a dot or a slash is a path of this machine, else a colon ends the name
 * of a container. Throws 'usage' when a path is missing or none is of a container.
 */
export function parseCopyEnds(from: string, to: string): { from: CopyEnd; to: CopyEnd } {
  const ends = { from: parseEnd(from === '/dev/stdin' ? '-' : from), to: parseEnd(to) };
  if (pathOf(ends.from) === '' || pathOf(ends.to) === '')
    throw new TspodError('usage', `invalid arguments "${from}", "${to}": you must specify paths`);
  const names = [ends.from, ends.to].map((end) => (end.kind === 'container' ? end.name : undefined));
  if (names.includes('') || names.every((name) => name === undefined))
    throw new TspodError('usage', 'name or ID cannot be empty', {
      hint: 'write the path in the container as CONTAINER:PATH',
    });
  return ends;
}

function parseEnd(text: string): CopyEnd {
  if (text === '-') return { kind: 'stream' };
  const colon = /^[./]/.test(text) ? -1 : text.indexOf(':');
  if (colon < 0) return { kind: 'host', path: text };
  return { kind: 'container', name: text.slice(0, colon), path: text.slice(colon + 1) };
}

function pathOf(end: CopyEnd): string {
  return end.kind === 'stream' ? '-' : end.path;
}
