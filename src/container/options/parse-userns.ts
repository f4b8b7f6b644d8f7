import { TspodError } from '../../lib/errors';
import type { UsernsMode } from '../record';
import { parseIdMap } from './parse-id-maps';

/** Parses `--userns`; the target of `container:` is as typed. Throws 'usage'. */
export function parseUserns(text: string | undefined): UsernsMode {
  if (text === undefined || text === '' || text === 'host') return { kind: 'host' };
  const colon = text.indexOf(':');
  const word = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  switch (word) {
    case 'keep-id':
      return { kind: 'keep-id', ...keepIdOptions(text, rest) };
    case 'nomap':
      return { kind: 'nomap' };
    case 'auto':
      return autoOptions(text, rest);
    case 'container':
      return { kind: 'container', target: required(text, rest) };
    case 'ns':
      return { kind: 'path', target: required(text, rest) };
    default:
      throw new TspodError('usage', `--userns: unrecognized namespace mode ${text} passed`, {
        hint: 'use host, keep-id[:uid=N,gid=N,size=N], auto[:size=N], nomap, container:NAME or ns:PATH',
      });
  }
}

function keepIdOptions(text: string, rest: string): { uid?: number; gid?: number; size?: number } {
  const result: { uid?: number; gid?: number; size?: number } = {};
  for (const [key, value] of pairs(rest)) {
    if (key !== 'uid' && key !== 'gid' && key !== 'size') throw unknown(text, key);
    result[key] = number(text, value);
  }
  return result;
}

function autoOptions(text: string, rest: string): UsernsMode {
  const result: Extract<UsernsMode, { kind: 'auto' }> = { kind: 'auto' };
  for (const [key, value] of pairs(rest)) {
    if (key === 'size') result.size = number(text, value);
    else if (key === 'uidmapping') (result.uidMappings ??= []).push(parseIdMap(value));
    else if (key === 'gidmapping') (result.gidMappings ??= []).push(parseIdMap(value));
    else throw unknown(text, key);
  }
  return result;
}

function pairs(rest: string): [string, string][] {
  if (rest === '') return [];
  return rest.split(',').map((part) => {
    const equals = part.indexOf('=');
    return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
  });
}

function number(text: string, value: string): number {
  if (/^\d+$/.test(value) && Number(value) < 2 ** 32) return Number(value);
  throw new TspodError('usage', `--userns "${text}": "${value}" is not a number`);
}

function required(text: string, rest: string): string {
  if (rest !== '') return rest;
  throw new TspodError('usage', `--userns "${text}": a name or path must follow the colon`);
}

function unknown(text: string, key: string): TspodError {
  return new TspodError('usage', `--userns "${text}": unknown option "${key}"`);
}
