import { TspodError } from '../lib/errors';
import { splitCommas } from '../lib/split-commas';
import { mountTarget } from './mount-path';
import { parseVolume } from './parse-volume';
import { tmpfsMount } from './parse-tmpfs';
import type { UserMount } from './types';

/** The fields of one --mount, with the many names that each may have brought to one. */
interface Fields {
  source?: string;
  target?: string;
  subpath?: string;
  driverOptions?: string[];
  /** As the third part of --volume or --tmpfs. */
  options: string[];
}

type Field = (fields: Fields, value: string | undefined, key: string) => void;

const source: Field = (fields, value, key) => void (fields.source = need(value, key));
const target: Field = (fields, value, key) => void (fields.target = need(value, key));
const subpath: Field = (fields, value, key) => void (fields.subpath = below(need(value, key)));
const flag =
  (on: string, off?: string): Field =>
  (fields, value, key) => {
    const word = boolean(value, key) ? on : off;
    if (word !== undefined) fields.options.push(word);
  };

const number =
  (pattern: RegExp): Field =>
  (fields, value, key) => {
    if (!pattern.test(need(value, key)))
      throw new TspodError('usage', `--mount: "${key}" cannot be "${value ?? ''}"`);
    fields.options.push(`${key}=${value ?? ''}`);
  };

/** What every file system has. */
const FLAGS: Record<string, Field> = {
  dst: target,
  dest: target,
  destination: target,
  target,
  ro: flag('ro', 'rw'),
  readonly: flag('ro', 'rw'),
  rw: flag('rw', 'ro'),
  dev: flag('dev', 'nodev'),
  nodev: flag('nodev', 'dev'),
  exec: flag('exec', 'noexec'),
  noexec: flag('noexec', 'exec'),
  suid: flag('suid', 'nosuid'),
  nosuid: flag('nosuid', 'suid'),
};

const COMMON: Record<string, Field> = {
  ...FLAGS,
  src: source,
  source,
  U: flag('U'),
  chown: flag('U'),
};

const IDMAP: Field = (fields, value) =>
  void fields.options.push(value === undefined ? 'idmap' : `idmap=${value}`);

const KEYS: Record<string, Record<string, Field>> = {
  bind: {
    ...COMMON,
    'bind-propagation': (fields, value, key) => void fields.options.push(need(value, key)),
    'bind-nonrecursive': flag('bind', 'rbind'),
    relabel: (fields, value) => void fields.options.push(relabel(value)),
    z: flag('z'),
    Z: flag('Z'),
    idmap: IDMAP,
  },
  volume: {
    ...COMMON,
    idmap: IDMAP,
    'volume-nocopy': flag('nocopy', 'copy'),
    'volume-subpath': subpath,
    'volume-opt': (fields, value, key) =>
      void (fields.driverOptions = [...(fields.driverOptions ?? []), need(value, key)]),
    subpath,
  },
  image: {
    ...{ src: source, source, dst: target, dest: target, destination: target, target },
    ...{ rw: flag('rw', 'ro'), readwrite: flag('rw', 'ro'), subpath },
  },
  tmpfs: {
    ...COMMON,
    'tmpfs-size': (fields, value, key) => void fields.options.push(`size=${need(value, key)}`),
    'tmpfs-mode': (fields, value, key) => void fields.options.push(`mode=${need(value, key)}`),
    size: (fields, value, key) => void fields.options.push(`size=${need(value, key)}`),
    mode: (fields, value, key) => void fields.options.push(`mode=${need(value, key)}`),
    tmpcopyup: flag('tmpcopyup', 'notmpcopyup'),
    notmpcopyup: flag('notmpcopyup', 'tmpcopyup'),
  },
  devpts: {
    ...FLAGS,
    uid: number(/^\d+$/),
    gid: number(/^\d+$/),
    mode: number(/^[0-7]{1,4}$/),
    max: number(/^\d+$/),
  },
  ramfs: FLAGS,
};

const LATER = ['artifact', 'npipe', 'cluster'];

/** Parses `--mount`: `type=bind|volume|tmpfs|devpts|ramfs,KEY=VALUE,...`; the type is volume when it is left out. Throws 'usage'. */
export function parseMount(text: string): UserMount {
  const pairs = splitCommas(text).map((word): [string, string | undefined] => {
    const equals = word.indexOf('=');
    return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
  });
  const type = pairs.find(([key]) => key === 'type')?.[1] ?? 'volume';
  const keys = Object.hasOwn(KEYS, type) ? KEYS[type] : undefined;
  if (keys === undefined) throw unknownType(type, text);
  const fields: Fields = { options: [] };
  for (const [key, value] of pairs) {
    if (key === 'type') continue;
    const set = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (set === undefined) throw unknownKey(key, type, text);
    set(fields, value, key);
  }
  return toMount(type, fields, text);
}

/** Whether a `--mount` stands for all files of a pattern: expandGlobMount() has to come first. */
export function isGlobMount(text: string): boolean {
  return /(^|,)"?type=glob"?(,|$)/.test(text);
}

function toMount(type: string, fields: Fields, text: string): UserMount {
  if (type === 'image' && (fields.source === undefined || fields.target === undefined))
    throw new TspodError('usage', `--mount "${text}": must set source and destination for image volume`);
  if (fields.target === undefined)
    throw new TspodError('usage', `--mount "${text}": must set volume destination (dst)`);
  if (type === 'tmpfs') {
    if (fields.source !== undefined)
      throw new TspodError('usage', `--mount "${text}": a tmpfs has no source`);
    return tmpfsMount(fields.target, fields.options);
  }
  if (type === 'devpts' || type === 'ramfs')
    return {
      ...{ kind: 'tmpfs', type, target: mountTarget(fields.target) },
      ...{ options: fields.options, copyUp: false },
    };
  if (type === 'image') return imageMount(fields, text);
  const options = fields.options.length > 0 ? `:${fields.options.join(',')}` : '';
  if (type === 'volume') {
    const volume = parseVolume(fields.source ? `${fields.source}:${fields.target}${options}` : fields.target);
    const { subpath: part, driverOptions } = fields;
    return {
      ...volume,
      ...(part === undefined ? {} : { subpath: part }),
      ...(driverOptions === undefined ? {} : { driverOptions }),
    } as UserMount;
  }
  if (fields.source === undefined)
    throw new TspodError('usage', `--mount "${text}": must set the source (src) of a bind mount`);
  const path = /^[/.~]/.test(fields.source) ? fields.source : `./${fields.source}`;
  return parseVolume(`${path}:${fields.target}${options}`);
}

function imageMount(
  { source: image = '', target: path = '', subpath: part, options }: Fields,
  text: string,
): UserMount {
  if (image === '') throw new TspodError('usage', `--mount "${text}": the image is missing`);
  return {
    ...{ kind: 'image', source: image, target: mountTarget(path), readOnly: options.at(-1) !== 'rw' },
    ...(part === undefined ? {} : { subpath: part }),
    chainIds: [],
  };
}

/** A path below another one. */
function below(text: string): string {
  const path = text.replace(/^\/+/, '');
  return path === '' ? '.' : path;
}

function unknownType(type: string, text: string): TspodError {
  if (LATER.includes(type)) return new TspodError('unsupported', `--mount type=${type} is not supported yet`);
  return new TspodError('usage', `--mount "${text}": invalid filesystem type "${type}"`, {
    hint: 'the types are bind, volume, tmpfs, image, glob, devpts and ramfs',
  });
}

function unknownKey(key: string, type: string, text: string): TspodError {
  if (key === 'subpath' || key === 'volume-subpath')
    throw new TspodError('usage', `--mount "${text}": cannot set option "${key}" on non-volume mounts`);
  if (['volume-label', 'volume-driver', 'consistency'].includes(key)) {
    return new TspodError('unsupported', `--mount "${text}": the key "${key}" is not supported`, {
      hint: 'make the volume first: tspod volume create --help',
    });
  }
  return new TspodError('usage', `--mount "${text}": ${key}: invalid mount option for type ${type}`);
}

function need(value: string | undefined, key: string): string {
  if (value !== undefined && value !== '') return value;
  throw new TspodError('usage', `--mount: "${key}" needs a value`);
}

function boolean(value: string | undefined, key: string): boolean {
  if (value === undefined || value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new TspodError('usage', `--mount: "${key}" is true or false, not "${value}"`);
}

function relabel(value: string | undefined): string {
  if (value === 'shared') return 'z';
  if (value === 'private') return 'Z';
  throw new TspodError('usage', `--mount: "relabel" is shared or private, not "${value ?? ''}"`);
}
