import { chmodSync, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Context } from '../lib/context';
import { TspodError, wrapError } from '../lib/errors';
import { readJsonFile, writeFileAtomic } from '../sys/file-io';
import { withFileLock } from '../sys/file-lock';
import type { AuthPath } from './auth-file-paths';

/** One entry of a file of credentials, as it is written. */
export interface AuthEntry {
  /** Base64 of `user:password`. */
  auth?: string;
  identitytoken?: string;
}

/** A file of containers-auth.json(5) or of Docker. What is not known here is kept when it is written. */
export interface AuthFile {
  auths: Record<string, AuthEntry>;
  credHelpers: Record<string, string>;
  /** Docker's helper for all registries. */
  credsStore: string | undefined;
  /** All of it, as it was read. */
  content: Record<string, unknown>;
}

/** Reads a file of credentials; empty where it is missing. Error `invalid`: says what is wrong in which file. */
export function readAuthFile({ path, isLegacy }: AuthPath): AuthFile {
  // REGISTRY_AUTH_FILE=/dev/null is how credentials are switched off
  if (statSync(path, { throwIfNoEntry: false })?.size === 0) return toAuthFile(path, {}, isLegacy);
  return toAuthFile(path, readContent(path) ?? {}, isLegacy);
}

/** The error of the parser quotes what stands beside a mistake, which may be a secret: only its place is told. */
function readContent(path: string): unknown {
  try {
    return readJsonFile(path);
  } catch (error) {
    if (!(error instanceof TspodError)) throw error;
    const place = / at position \d+/.exec(error.message)?.[0] ?? '';
    throw invalid(path, `the text${place}`, 'JSON');
  }
}

/**
 * Changes a file of credentials atomically, with mode 0600, in a folder that is made with mode 0700; a symbolic link
 * stays one. Two changes at once do not lose each other.
 */
export function editAuthFile(
  ctx: Pick<Context, 'paths'>,
  path: string,
  change: (file: AuthFile) => void,
): void {
  mkdirSync(ctx.paths.runRoot, { recursive: true, mode: 0o700 });
  withFileLock(`${ctx.paths.runRoot}/auth.lock`, () => {
    const file = readAuthFile({ path, isLegacy: false });
    const before = toText(file);
    change(file);
    if (toText(file) !== before || !existsSync(path)) writeAuthFile(path, toText(file));
    else chmodSync(path, 0o600);
  });
}

function writeAuthFile(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const target = existsSync(path) ? realpathSync(path) : path;
    writeFileAtomic(target, text, { temporary: `${target}.${process.pid}` });
  } catch (error) {
    throw wrapError(`writing the credentials to "${path}"`, error);
  }
}

function toText({ auths, credHelpers, content }: AuthFile): string {
  const { auths: _auths, credHelpers: oldHelpers, ...rest } = content;
  const helpers = oldHelpers !== undefined || Object.keys(credHelpers).length > 0 ? { credHelpers } : {};
  return JSON.stringify({ auths: sortKeys(auths), ...helpers, ...rest }, undefined, '\t');
}

function sortKeys<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function toAuthFile(path: string, value: unknown, isLegacy: boolean): AuthFile {
  if (!isRecord(value)) throw invalid(path, 'it', 'an object');
  const content = withoutNull(isLegacy ? { auths: value } : value);
  const auths = recordAt(path, content, 'auths');
  const entries = Object.entries(auths).map(([key, entry]) => [key, toEntry(path, key, entry)] as const);
  const helpers = withoutNull(recordAt(path, content, 'credHelpers'));
  for (const [host, name] of Object.entries(helpers)) {
    if (typeof name !== 'string') throw invalid(path, `credHelpers["${host}"]`, 'a string');
  }
  const store = content['credsStore'];
  if (store !== undefined && typeof store !== 'string') throw invalid(path, 'credsStore', 'a string');
  return {
    auths: Object.fromEntries(entries),
    credHelpers: helpers as Record<string, string>,
    credsStore: store || undefined,
    content,
  };
}

function toEntry(path: string, key: string, found: unknown): AuthEntry {
  const value = found === null ? {} : found;
  if (!isRecord(value)) throw invalid(path, `auths["${key}"]`, 'an object');
  const entry = withoutNull(value);
  for (const name of ['auth', 'identitytoken']) {
    const text = entry[name];
    if (text !== undefined && typeof text !== 'string')
      throw invalid(path, `auths["${key}"].${name}`, 'a string');
  }
  return entry;
}

/** What is null is absent, as for Podman. */
function withoutNull(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

function recordAt(path: string, content: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = content[key] ?? {};
  if (!isRecord(value)) throw invalid(path, key, 'an object');
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value itself may be a secret: it is not shown. */
function invalid(path: string, where: string, expected: string): TspodError {
  return new TspodError('invalid', `reading "${path}": ${where} must be ${expected}`, {
    hint: 'see containers-auth.json(5), or remove the file and log in again',
  });
}
