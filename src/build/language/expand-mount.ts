import { parseSize } from '../../lib/size';
import { nearest } from '../../lib/suggest';
import { languageError } from './language-error';
import { MOUNT_KEYS, readMountFields } from './mount-fields';
import type { MountFields, MountType } from './mount-fields';
import type { RunMount } from './run-mount';
import type { RawWord, SourceRange } from './types';

type Makers = { [T in MountType]: (fields: MountFields, at: SourceRange) => Extract<RunMount, { type: T }> };

const MAKERS: Makers = {
  bind: (fields, at) => ({
    type: 'bind',
    at,
    target: needTarget(fields, at),
    ...fields.texts('source', 'from'),
    readWrite: isReadWrite(fields) ?? false,
  }),
  cache: (fields, at) => ({
    type: 'cache',
    at,
    target: needTarget(fields, at),
    ...fields.texts('id', 'source', 'from'),
    readOnly: !(isReadWrite(fields) ?? true),
    sharing: fields.choice('sharing', ['shared', 'private', 'locked']),
    ...fields.owner(),
  }),
  tmpfs: (fields, at) => ({ type: 'tmpfs', at, target: needTarget(fields, at), ...sizeOf(fields) }),
  secret: makeSecret,
  ssh: (fields, at) => ({
    type: 'ssh',
    at,
    id: fields.text('id') ?? 'default',
    ...fields.texts('target'),
    required: fields.flag('required') ?? false,
    ...fields.owner(),
  }),
};

/**
 * The mount that `--mount` asks for; `expand` gives the values of variables. Errors `invalid`: an unknown type or key,
 * a malformed value, a missing target.
 */
export function expandMount({ raw, at }: RawWord, expand: (text: string) => string): RunMount {
  const fields = readMountFields(raw, at, expand);
  const type = fields.text('type')?.toLowerCase() ?? 'bind';
  if (!Object.hasOwn(MAKERS, type)) {
    const [near] = nearest(type, Object.keys(MAKERS));
    const hint =
      near === undefined ? `the types are ${Object.keys(MAKERS).join(', ')}` : `did you mean "${near}"?`;
    throw languageError(fields.placeOf('type'), `unknown type "${type}" of a mount`, hint);
  }
  checkKeys(fields, type as MountType);
  return MAKERS[type as MountType](fields, at);
}

function checkKeys(fields: MountFields, type: MountType): void {
  for (const key of fields.keys) {
    if (key === 'type' || MOUNT_KEYS[type].includes(key)) continue;
    const [near] = nearest(key, MOUNT_KEYS[type]);
    const hint =
      near === undefined ? `its keys are ${MOUNT_KEYS[type].join(', ')}` : `did you mean "${near}"?`;
    throw languageError(fields.placeOf(key), `unknown key "${key}" of a mount of type ${type}`, hint);
  }
}

function needTarget(fields: MountFields, at: SourceRange): string {
  const target = fields.text('target');
  if (target) return target;
  throw languageError(at, 'this mount has no target', 'add target=PATH');
}

function isReadWrite(fields: MountFields): boolean | undefined {
  const readOnly = fields.flag('readonly');
  return readOnly === undefined ? fields.flag('readwrite') : !readOnly;
}

function sizeOf(fields: MountFields): { size?: number } {
  const size = fields.text('size');
  if (size === undefined) return {};
  try {
    return { size: parseSize(size) };
  } catch {
    throw languageError(
      fields.placeOf('size'),
      `"${size}" is no size`,
      'expected a number with a unit such as 64m',
    );
  }
}

function makeSecret(fields: MountFields, at: SourceRange): Extract<RunMount, { type: 'secret' }> {
  const id = fields.text('id') ?? fields.text('source') ?? fields.text('target')?.split('/').at(-1);
  if (!id)
    throw languageError(
      at,
      'this mount of a secret has no id',
      'add id=NAME, and give it with build --secret id=NAME,src=FILE',
    );
  if (fields.has('id') && fields.has('source')) {
    throw languageError(fields.placeOf('source'), 'a secret has an id or a source, not both');
  }
  const env = fields.text('env');
  const target = fields.text('target') ?? (env === undefined ? `/run/secrets/${id}` : undefined);
  return {
    type: 'secret',
    at,
    id,
    ...(target === undefined ? {} : { target }),
    ...(env === undefined ? {} : { env }),
    required: fields.flag('required') ?? false,
    ...fields.owner(),
  };
}
