import { TspodError } from '../lib/errors';
import { parseSize } from '../lib/size';
import { nearest } from '../lib/suggest';
import { checkTmpfsOption, isMountFlag } from './parse-tmpfs';
import type { VolumeBacking } from './volume-backing';

/** What the options of `volume create` say. */
export interface VolumeSettings {
  backing?: VolumeBacking;
  owner?: { uid?: number; gid?: number };
  mode?: number;
  noCopy?: boolean;
  /** As `inspect` shows them: those that were given, then what was read out of `o`. */
  options: Record<string, string>;
}

const KEYS = ['type', 'device', 'o', 'uid', 'gid', 'mode', 'size', 'inodes', 'noquota', 'copy', 'nocopy'];

/** Words of `o` that are the engine's and not the file system's. */
interface Words {
  uid?: number;
  gid?: number;
  mode?: string;
  size?: string;
  noCopy?: boolean;
  rest: string[];
}

/**
 * Parses `-o KEY=VALUE` of `volume create` with the driver local. Throws 'usage' for unknown keys, malformed values and
 * contradictions, 'unsupported' for file systems that this user cannot mount.
 */
export function parseVolumeOptions(texts: readonly string[], isRoot: boolean): VolumeSettings {
  const given = parseKeys(texts);
  const words = parseWords(given);
  const backing = parseBacking(given, words, isRoot);
  const { uid, gid, mode, noCopy, size } = words;
  const options = { ...given };
  if (uid !== undefined) options['UID'] = String(uid);
  if (gid !== undefined) options['GID'] = String(gid);
  if (size !== undefined) options['SIZE'] = size;
  const owner = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
  return {
    ...(backing === undefined ? {} : { backing }),
    ...(uid === undefined && gid === undefined ? {} : { owner }),
    ...(mode === undefined ? {} : { mode: parseInt(mode, 8) }),
    ...(noCopy === undefined ? {} : { noCopy }),
    options,
  };
}

function parseKeys(texts: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    const key = equals < 0 ? text : text.slice(0, equals);
    if (key === '') throw new TspodError('usage', `invalid option "${text}": the name is missing`);
    if (!KEYS.includes(key.toLowerCase())) throw unknownKey(key);
    const value = equals < 0 ? '' : text.slice(equals + 1);
    // the last one counts, as with Podman; but words of o come together
    found[key] = key === 'o' && found[key] !== undefined ? `${found[key]},${value}` : value;
  }
  return found;
}

function unknownKey(key: string): TspodError {
  const [like] = nearest(key, KEYS);
  return new TspodError('usage', `invalid mount option ${key} for driver 'local': invalid argument`, {
    hint: like === undefined ? `the options are ${KEYS.join(', ')}` : `did you mean "${like}"?`,
  });
}

function parseWords(given: Readonly<Record<string, string>>): Words {
  const words: Words = { rest: [] };
  for (const key of ['uid', 'gid', 'mode', 'size', 'inodes', 'noquota', 'copy', 'nocopy'])
    if (given[key] !== undefined) addWord(words, given[key] === '' ? key : `${key}=${given[key]}`);
  for (const word of (given['o'] ?? '').split(',').filter(Boolean)) addWord(words, word);
  return words;
}

function addWord(words: Words, word: string): void {
  const equals = word.indexOf('=');
  const key = equals < 0 ? word : word.slice(0, equals);
  const value = equals < 0 ? '' : word.slice(equals + 1);
  switch (key) {
    case 'uid':
    case 'gid':
      words[key] = id(key, value);
      return;
    case 'mode':
      if (!/^[0-7]{1,4}$/.test(value))
        throw new TspodError('usage', `invalid mode "${value}": expected an octal number`);
      words.mode = value;
      return;
    case 'size':
      parseSize(value.replace('%', ''));
      words.size = value;
      return;
    case 'inodes':
      throw new TspodError(
        'unsupported',
        'the option inodes is not supported: only the size of a volume is limited',
        {
          hint: 'use size=, or type=tmpfs with nr_inodes=',
        },
      );
    case 'noquota':
      return;
    case 'copy':
    case 'nocopy':
      words.noCopy = key === 'nocopy';
      return;
    default:
      words.rest.push(word);
  }
}

function id(key: string, value: string): number {
  if (/^\d{1,10}$/.test(value) && Number(value) < 4294967295) return Number(value);
  throw new TspodError('usage', `cannot convert ${key.toUpperCase()} "${value}" to an id: expected a number`);
}

function parseBacking(
  given: Readonly<Record<string, string>>,
  words: Words,
  isRoot: boolean,
): VolumeBacking | undefined {
  const type = given['type'] ?? '';
  const isBind = type === 'bind' || words.rest.some((word) => word === 'bind' || word === 'rbind');
  if (isBind) return bindBacking(given, words, type);
  if (type === 'tmpfs') return tmpfsBacking(words);
  if (type === '' || type === 'none') return plainBacking(given, words);
  return otherBacking(given, words, { type, isRoot });
}

function bindBacking(given: Readonly<Record<string, string>>, words: Words, type: string): VolumeBacking {
  if (type !== '' && type !== 'none' && type !== 'bind')
    throw new TspodError('usage', `the type "${type}" contradicts the option bind`, {
      hint: 'use type=none',
    });
  if (words.size !== undefined)
    throw new TspodError(
      'usage',
      `size=${words.size} contradicts a bind: its files lie on the file system of its device`,
    );
  const source = given['device'] ?? '';
  if (source === '')
    throw new TspodError('usage', 'a volume of type bind needs a device', { hint: '-o device=/PATH' });
  if (!source.startsWith('/'))
    throw new TspodError('usage', `the device "${source}" has to be an absolute path`, {
      hint: `-o device="$PWD/${source.replace(/^\.\//, '')}"`,
    });
  const options = words.rest.filter((word) => word !== 'rbind' && word !== 'bind');
  checkFlags(options);
  const recursive = type === 'bind' || words.rest.includes('rbind');
  return { kind: 'bind', source, options: [recursive ? 'rbind' : 'bind', ...options] };
}

function tmpfsBacking({ rest, size, uid, gid, mode }: Words): VolumeBacking {
  const options = [...rest];
  for (const [key, value] of Object.entries({ size, uid, gid, mode }))
    if (value !== undefined) options.push(`${key}=${value}`);
  for (const word of options) checkTmpfsOption(word);
  return { kind: 'tmpfs', options };
}

function plainBacking(
  given: Readonly<Record<string, string>>,
  { rest, size }: Words,
): VolumeBacking | undefined {
  if (given['device'])
    throw new TspodError('usage', `the device "${given['device']}" needs a type`, {
      hint: 'a directory of this machine: -o type=none -o o=bind',
    });
  const [unknown] = rest;
  if (unknown !== undefined)
    throw new TspodError('usage', `unknown option "${unknown}" of a volume without a type`, {
      hint: 'its options are uid, gid, mode, size, copy and nocopy; others go to the mount: --volume NAME:DIR:OPTIONS',
    });
  return size === undefined ? undefined : { kind: 'image', size: parseSize(size) };
}

function otherBacking(
  given: Readonly<Record<string, string>>,
  words: Words,
  { type, isRoot }: { type: string; isRoot: boolean },
): VolumeBacking {
  const source = given['device'] ?? '';
  const byProgram = /^(nfs4?|cifs|smb3|ceph|glusterfs|sshfs|fuse\..*)$/.test(type);
  if (!isRoot || byProgram)
    throw new TspodError(
      'unsupported',
      `a volume of type ${type} is not supported: ${byProgram ? 'it is mounted by a program of its own' : `the kernel lets only real root mount ${type}`}`,
      { hint: `let the machine mount it (/etc/fstab), then: -o type=none -o o=bind -o device=/MOUNTPOINT` },
    );
  if (source === '') throw new TspodError('usage', `a volume of type ${type} needs a device`);
  if (words.size !== undefined || words.uid !== undefined || words.gid !== undefined)
    throw new TspodError('usage', `the options size, uid and gid contradict the type ${type}`);
  return { kind: 'device', type, source, options: words.rest };
}

function checkFlags(options: readonly string[]): void {
  for (const word of options)
    if (!isMountFlag(word)) throw new TspodError('usage', `unknown option "${word}" of a bind`);
}
