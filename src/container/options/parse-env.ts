import { readFileSync } from 'node:fs';
import { TspodError, wrapError } from '../../lib/errors';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment options say. */
export interface EnvOptions {
  /** `--env`, in order. */
  entries: readonly string[];
  /** Paths of `--env-file`. */
  files: readonly string[];
  /** `--env-host`. */
  host: boolean;
  /** `--http-proxy`. */
  proxy: boolean;
}

/** Podman's list: no others, and no other spellings. */
const PROXY_NAMES = ['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

/**
 * The variables that a user asks for: later sources win, in the order caller's environment, files, `--env`. A name
 * without a value is taken from the caller, `NAME*` takes all that begin so. Throws 'usage'.
 */
export function parseEnv(options: EnvOptions, caller: Environment): Record<string, string> {
  const result: Record<string, string> = {};
  if (options.host) take(result, caller, () => true);
  else if (options.proxy) take(result, caller, (name) => PROXY_NAMES.includes(name));
  for (const path of options.files) {
    for (const line of readLines(path)) addEntry(result, line, caller, `--env-file "${path}"`);
  }
  for (const entry of options.entries) addEntry(result, entry, caller, `--env "${entry}"`);
  return result;
}

/** The lines of an environment or label file: no byte order mark, no comments, no blank lines. Throws 'invalid'. */
export function readLines(path: string): string[] {
  try {
    return parseLines(readFileSync(path, 'utf8'));
  } catch (error) {
    throw wrapError('parsing file', error);
  }
}

/** See {@link readLines}. Source: Docker's `--env-file`: quotes are part of the value. */
export function parseLines(text: string): string[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function addEntry(result: Record<string, string>, entry: string, caller: Environment, what: string): void {
  const equals = entry.indexOf('=');
  const name = equals < 0 ? entry.trimEnd() : entry.slice(0, equals);
  if (name === '') throw new TspodError('usage', `${what}: the name of the variable is missing`);
  if (/\s/.test(name)) throw new TspodError('usage', `${what}: the name "${name}" contains white space`);
  if (equals >= 0) result[name] = entry.slice(equals + 1);
  else if (name.endsWith('*')) take(result, caller, (each) => each.startsWith(name.slice(0, -1)));
  else if (caller[name] !== undefined) result[name] = caller[name];
}

function take(result: Record<string, string>, caller: Environment, wanted: (name: string) => boolean): void {
  for (const [name, value] of Object.entries(caller)) {
    if (value !== undefined && wanted(name)) result[name] = value;
  }
}
