import { basename } from 'node:path';
import { nearest } from '../lib/suggest';
import type { UnitLine } from './unit-file';

/** What is wrong in a unit file. An `error` makes it useless, a `warning` does not. */
export interface Problem {
  level: 'error' | 'warning';
  /** Full path. */
  file: string;
  /** From 1; 0 when it concerns the file as a whole. */
  line: number;
  /** The key, where one is meant. */
  key?: string;
  message: string;
}

/** A problem of one line. */
export function problemAt(
  { file, line, key }: Pick<UnitLine, 'file' | 'line' | 'key'>,
  message: string,
  level: Problem['level'] = 'error',
): Problem {
  return { level, file, line, message, ...(key === '' ? {} : { key }) };
}

/** A problem of a file as a whole. */
export function problemOf(file: string, message: string): Problem {
  return { level: 'error', file, line: 0, message };
}

/** `FILE:LINE: Key: message`, with the full path, or with the last part of it only. */
export function describeProblem({ level, file, line, key, message }: Problem, isShort = false): string {
  const place = [isShort ? basename(file) : file, ...(line === 0 ? [] : [String(line)])].join(':');
  const mark = level === 'error' ? '' : `${level}: `;
  return `${place}: ${mark}${key === undefined ? '' : `${key}: `}${message}`;
}

/** `, did you mean "Image"?` of the nearest of `names`; empty when none is near. */
export function didYouMean(word: string, names: readonly string[], write = (name: string) => name): string {
  const [name] = nearest(word, names);
  return name === undefined ? '' : `, did you mean "${write(name)}"?`;
}
