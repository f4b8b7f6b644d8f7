import { TspodError } from '../../lib/errors';
import type { ContainerSecret } from '../record';

/** As podman-run(1) has it: everybody may read a secret in the container. */
const MODE = 0o444;

/** Parses `--secret SECRET[,type=mount|env,target=,uid=,gid=,mode=]`. Throws 'usage' in Podman's words. */
export function parseSecret(text: string): ContainerSecret {
  const parts = text.split(',');
  if (parts.length === 1) return { type: 'mount', source: text, uid: 0, gid: 0, mode: MODE };
  const given = new Map<string, string>();
  if (!parts[0]?.includes('=')) given.set('source', parts.shift() as string);
  for (const part of parts) takeOption(given, part);
  const type = given.get('type') ?? 'mount';
  const source = given.get('source') ?? '';
  const target = given.get('target');
  if (source === '') throw malformed(`no source found ${text}`);
  if (type === 'env' && ['uid', 'gid', 'mode'].some((key) => given.has(key)))
    throw malformed('UID, GID, Mode options cannot be set with secret type env');
  return {
    type: type as ContainerSecret['type'],
    source,
    ...(target ? { target } : {}),
    uid: parseId(given.get('uid') ?? '0', 'UID'),
    gid: parseId(given.get('gid') ?? '0', 'GID'),
    mode: parseMode(given.get('mode')),
  };
}

function takeOption(given: Map<string, string>, part: string): void {
  const equals = part.indexOf('=');
  if (equals < 0) throw malformed(`option ${part} must be in form option=value`);
  const key = part.slice(0, equals).replace(/^(UID|GID)$/, (word) => word.toLowerCase());
  const value = part.slice(equals + 1);
  if (!['source', 'type', 'target', 'uid', 'gid', 'mode'].includes(key))
    throw malformed(`option ${part} invalid`);
  if (key === 'type' && given.has('type')) throw malformed('more than one secret type');
  if (key === 'type' && value !== 'mount' && value !== 'env') throw malformed(`type ${value} is invalid`);
  given.set(key, value);
}

function parseId(text: string, kind: 'UID' | 'GID'): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  throw malformed(`${kind} ${text} invalid`);
}

function parseMode(text: string | undefined): number {
  if (text === undefined) return MODE;
  if (/^[0-7]{1,5}$/.test(text) && parseInt(text, 8) <= 0o7777) return parseInt(text, 8);
  throw malformed(`mode ${text} invalid`);
}

function malformed(what: string): TspodError {
  return new TspodError('usage', `${what}: parsing secret`, {
    hint: 'write --secret NAME[,type=mount|env][,target=PATH or VARIABLE][,uid=][,gid=][,mode=0444]',
  });
}
