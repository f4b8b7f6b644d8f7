import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { IdMapping } from '../../lib/id-mapping';
import { runTree, type TreeOp } from '../../runtime/tree';
import { driverOf } from '../../secret/secret-driver';
import { findSecret } from '../../secret/secret-store';
import type { UserMount } from '../../volume/types';
import { containerPaths } from '../paths';
import type { ContainerRecord, ContainerSecret } from '../record';

const DIRECTORY = '/run/secrets';

/**
 * The record of a container as it is started with its secrets: its environment has those that are variables, as they are
 * now, and its mounts have those that are files. Nothing of it is written to record.json. Throws 'not-found' for a
 * variable whose secret was removed.
 */
export function giveSecrets(
  ctx: Context,
  record: ContainerRecord,
  secrets: readonly ContainerSecret[],
): ContainerRecord {
  const variables = new Map(secrets.filter(({ type }) => type === 'env').map((each) => variable(ctx, each)));
  const files = secrets.filter(({ type }) => type === 'mount');
  prepareFiles(ctx, record, files);
  const mounts = files.map((each) => fileMount(ctx, record, each));
  const isRelative = mounts.some(({ target }) => target.startsWith(`${DIRECTORY}/`));
  const env = record.process.env.filter((entry) => !variables.has(entry.slice(0, entry.indexOf('='))));
  const added = [...variables].map(([name, value]) => `${name}=${value}`);
  return {
    ...record,
    process: { ...record.process, env: [...env, ...added] },
    options: {
      ...record.options,
      mounts: [...record.options.mounts, ...(isRelative ? directoryMount(record) : []), ...mounts],
    },
  };
}

function variable(ctx: Context, { name = '', source, target }: ContainerSecret): [string, string] {
  const found = findSecret(ctx, name);
  const text = driverOf(ctx, found).lookUp(found.id).toString();
  if (!text.includes('\0')) return [target ?? name, text];
  throw new TspodError('invalid', `the secret "${source}" has a NUL byte: it cannot be a variable`, {
    hint: 'give it as a file: leave type=env out',
  });
}

/** So that no empty file of it stays in the container's own root. */
function directoryMount({ options }: ContainerRecord): UserMount[] {
  if (options.mounts.some(({ target }) => target === DIRECTORY)) return [];
  return [{ kind: 'tmpfs', target: DIRECTORY, options: ['mode=755', 'noexec'], copyUp: false }];
}

function fileMount(ctx: Context, record: ContainerRecord, secret: ContainerSecret): UserMount {
  return {
    kind: 'bind',
    source: secretFile(ctx, record, secret),
    target: posix.resolve(DIRECTORY, secret.target ?? secret.name ?? secret.source),
    readOnly: true,
    recursive: false,
    options: ['nosuid', 'nodev', 'noexec'],
    chown: false,
    idmap: false,
  };
}

function secretFile(ctx: Context, { id, options }: ContainerRecord, secret: ContainerSecret): string {
  return `${containerPaths(ctx, id).directory}/secrets/${options.secrets?.indexOf(secret)}`;
}

/** The container's own files get the mode and the owner that were asked for, at its first start. */
function prepareFiles(ctx: Context, record: ContainerRecord, files: readonly ContainerSecret[]): void {
  const chowns = files.flatMap((secret): TreeOp[] => {
    const path = secretFile(ctx, record, secret);
    if (!existsSync(path)) copyAgain(ctx, path, secret);
    // given away already
    if (statSync(path).uid !== ctx.uid) return [];
    chmodSync(path, secret.mode);
    const uid = mapped(secret.uid, record.idMaps?.uids);
    const gid = mapped(secret.gid, record.idMaps?.gids);
    return uid === 0 && gid === 0 ? [] : [{ op: 'chown', path, uid, gid }];
  });
  runTree(ctx, chowns);
}

/** A container that was made after the model of another one has no data yet. */
function copyAgain(ctx: Context, path: string, { name = '' }: ContainerSecret): void {
  const found = findSecret(ctx, name);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, driverOf(ctx, found).lookUp(found.id), { mode: 0o600 });
}

function mapped(id: number, maps: readonly IdMapping[] = []): number {
  const map = maps.find(({ container, size }) => id >= container && id < container + size);
  return map === undefined ? id : map.host + id - map.container;
}
