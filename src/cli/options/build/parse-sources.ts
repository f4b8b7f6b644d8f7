import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readLines } from '../../../container/options/parse-env';
import type { BuildAgent, BuildSecret } from '../../../build/request';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { parsePlatform } from '../platform-options';
import type { Platform } from '../../../image/format/platform';
import type { BuildFlags } from './build-options';

/** The values of `ARG`s: of files, then of options. Throws 'usage'. */
export function parseBuildArgs(flags: BuildFlags, { env }: Pick<Context, 'env'>): Map<string, string> {
  const result = new Map<string, string>();
  for (const entry of [...flags['build-arg-file'].flatMap(readLines), ...flags['build-arg']]) {
    const equals = entry.indexOf('=');
    const name = equals < 0 ? entry : entry.slice(0, equals);
    if (name === '') throw new TspodError('usage', `--build-arg "${entry}": expected NAME=VALUE`);
    const value = equals < 0 ? env[name] : entry.slice(equals + 1);
    if (value === undefined) result.delete(name);
    else result.set(name, value);
  }
  return result;
}

/** The platforms that were asked for; none: this machine's. Throws 'usage'. */
export function parsePlatforms({ platform, os, arch, variant }: BuildFlags): Platform[] {
  const single = {
    ...(os === undefined ? {} : { os }),
    ...(arch === undefined ? {} : { arch }),
    ...(variant === undefined ? {} : { variant }),
  };
  const texts = platform.filter((text) => text !== 'local');
  const asked = texts.map((text) => parsePlatform({ ...single, platform: text }));
  const all = texts.length > 0 ? asked : [parsePlatform(single)];
  const found = all.flatMap((each) => each ?? []);
  return found.filter((each, at) => found.findIndex((other) => sameText(other, each)) === at);
}

function sameText(a: Platform, b: Platform): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** `--secret`: `id=ID[,src=FILE|,env=NAME][,type=file|env]`. Errors: 'usage', 'not-found' of a file or variable. */
export function parseBuildSecret(text: string, { env }: Pick<Context, 'env'>): BuildSecret {
  const fields = new Map(text.split(',').map(splitField));
  const source = fields.get('src') ?? fields.get('source');
  const id = fields.get('id') ?? '';
  const unknown = [...fields.keys()].find((key) => !['id', 'src', 'source', 'env', 'type'].includes(key));
  if (id === '' || unknown !== undefined)
    throw new TspodError('usage', `--secret "${text}": incorrect secret flag format`, {
      hint: 'write --secret id=ID,src=FILE or --secret id=ID,env=NAME',
    });
  const variable = fields.get('env') ?? (fields.get('type') === 'env' ? (source ?? id) : undefined);
  if (variable !== undefined) return secretOfVariable({ id, variable, text, env });
  if (source === undefined && fields.get('type') !== 'file' && env[id] !== undefined)
    return secretOfVariable({ id, variable: id, text, env });
  const path = resolve(source ?? id);
  if (!existsSync(path))
    throw new TspodError('not-found', `--secret "${text}": ${path}: no such file or directory`);
  if (!statSync(path).isFile()) throw new TspodError('usage', `--secret "${text}": ${path} is no file`);
  checkReadable(path, text);
  return { id, kind: 'file', path };
}

function checkReadable(path: string, text: string): void {
  try {
    readFileSync(path);
  } catch (cause) {
    throw new TspodError('system', `--secret "${text}": ${path} cannot be read`, { cause });
  }
}

function secretOfVariable({
  id,
  variable,
  text,
  env,
}: {
  id: string;
  variable: string;
  text: string;
  env: Context['env'];
}): BuildSecret {
  const value = env[variable];
  if (value !== undefined) return { id, kind: 'env', variable, value };
  throw new TspodError('not-found', `--secret "${text}": the variable ${variable} is not set`);
}

function splitField(field: string): [string, string] {
  const equals = field.indexOf('=');
  return equals < 0 ? [field.trim(), ''] : [field.slice(0, equals).trim(), field.slice(equals + 1)];
}

/** `--ssh`: `default`, `ID`, `ID=SOCKET` or `ID=KEY[,KEY...]`. Errors: 'usage', 'not-found'. */
export function parseBuildAgent(text: string, { env }: Pick<Context, 'env'>): BuildAgent {
  const [id, given] = splitField(text);
  if (id === '') throw new TspodError('usage', `--ssh "${text}": expected default, or ID=SOCKET or ID=KEY`);
  const paths = given === '' ? [] : given.split(',').map((path) => resolve(path));
  const socket = paths.length === 0 ? env['SSH_AUTH_SOCK'] : undefined;
  if (paths.length === 0 && !socket)
    throw new TspodError('not-found', `--ssh "${text}": SSH_AUTH_SOCK not set in environment`, {
      hint: 'start an agent: eval $(ssh-agent); ssh-add; or name a key: --ssh default=KEY',
    });
  const all = socket ? [socket] : paths;
  const missing = all.find((path) => !existsSync(path));
  if (missing !== undefined)
    throw new TspodError('not-found', `--ssh "${text}": ${missing}: no such file or directory`);
  const [first] = all;
  if (first !== undefined && all.length === 1 && statSync(first).isSocket())
    return { id, kind: 'socket', path: first };
  const other = all.find((path) => !statSync(path).isFile());
  if (other !== undefined)
    throw new TspodError('usage', `--ssh "${text}": ${other} is neither a socket nor a key`);
  return { id, kind: 'keys', paths: all };
}
