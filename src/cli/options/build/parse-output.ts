import { resolve } from 'node:path';
import type { BuildOutput } from '../../../build/request';
import { TspodError } from '../../../lib/errors';

/** The fields of each type of `--output`. */
const FIELDS = {
  local: [],
  tar: [],
  oci: ['name', 'tar'],
  docker: ['name', 'tar'],
} as const satisfies Record<BuildOutput['kind'], readonly string[]>;
/** Types of Docker's that are not there, and what there is. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  image: 'leave it out: the image comes into the store under the names of --tag',
  registry: 'build with --tag, then use "tspod push"',
  cacheonly:
    'build without --tag: what was built is kept for the next build, "tspod image prune" takes the image away',
};

/** `--output`. Throws 'usage', or 'unsupported' for a known type that is not there. */
export function parseOutput(text: string): BuildOutput {
  if (!text.includes('='))
    return text === '-' ? { kind: 'tar', path: '-' } : { kind: 'local', path: resolve(text) };
  const fields = new Map(text.split(',').map((field) => splitAt(field, '=')));
  const type = typeOf(fields, text);
  checkFields(fields, type, text);
  const path = pathOf(fields, type, text);
  if (type === 'local' || type === 'tar') return { kind: type, path };
  const name = fields.get('name');
  return { kind: type, path, ...(name ? { name } : {}), isDirectory: fields.get('tar') === 'false' };
}

function typeOf(fields: ReadonlyMap<string, string>, text: string): BuildOutput['kind'] {
  const type = fields.get('type') ?? '';
  const hint = Object.hasOwn(ELSEWHERE, type) ? ELSEWHERE[type] : undefined;
  if (hint !== undefined)
    throw new TspodError('unsupported', `--output type=${type} is not supported`, { hint });
  if (Object.hasOwn(FIELDS, type)) return type as BuildOutput['kind'];
  throw new TspodError(
    'usage',
    type === ''
      ? `--output "${text}": invalid build output option, accepts type=TYPE,dest=PATH`
      : `--output: invalid build output type "${type}"`,
    { hint: 'the types are local, tar, oci and docker' },
  );
}

function checkFields(fields: ReadonlyMap<string, string>, type: BuildOutput['kind'], text: string): void {
  const known: readonly string[] = ['type', 'dest', 'destination', ...FIELDS[type]];
  const unknown = [...fields.keys()].find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new TspodError('usage', `--output "${text}": type=${type} has no field "${unknown}"`, {
      hint: `its fields are ${known.filter((key) => key !== 'destination').join(', ')}`,
    });
  const tar = fields.get('tar') ?? 'true';
  if (tar !== 'true' && tar !== 'false')
    throw new TspodError('usage', `--output "${text}": tar=${tar}: expected true or false`);
  if (tar === 'false' && type === 'docker')
    throw new TspodError('unsupported', '--output: type=docker is always an archive', {
      hint: 'use type=oci,tar=false for a directory',
    });
}

/** Absolute, or `-`. */
function pathOf(fields: ReadonlyMap<string, string>, type: BuildOutput['kind'], text: string): string {
  const path = fields.get('dest') ?? fields.get('destination') ?? '';
  if (path === '')
    throw new TspodError('usage', `--output "${text}": dest is missing`, {
      ...(type === 'docker' ? { hint: 'without --output the image is in the store' } : {}),
    });
  if (path !== '-') return resolve(path);
  if (type !== 'local' && fields.get('tar') !== 'false') return '-';
  throw new TspodError('usage', '--output: a directory cannot go to standard output');
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}
