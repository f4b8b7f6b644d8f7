import { mkdirSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { readJsonFile, writeFileAtomic } from '../sys/file-io';
import { withFileLock } from '../sys/file-lock';
import type { Secret } from './secret';

/** Where the secrets of a store are. */
export function secretPaths(ctx: Context): { directory: string; list: string; data: string; lock: string } {
  const directory = `${ctx.paths.root}/secrets`;
  return {
    directory,
    list: `${directory}/secrets.json`,
    data: `${directory}/filedriver`,
    lock: `${ctx.paths.root}/locks/secrets`,
  };
}

/** All secrets, in the order in which they were made. */
export function listSecrets(ctx: Context): Secret[] {
  const content = readJsonFile(secretPaths(ctx).list) as { secrets?: Record<string, Secret> } | undefined;
  return Object.values(content?.secrets ?? {}).sort((a, b) => (a.created < b.created ? -1 : 1));
}

/** Replaces the list of all secrets; to be called by `lockSecrets` only. A power loss leaves the old or the new one. */
export function writeSecrets(ctx: Context, secrets: readonly Secret[]): void {
  const { list } = secretPaths(ctx);
  const content = { secrets: Object.fromEntries(secrets.map((secret) => [secret.id, secret])) };
  writeFileAtomic(list, `${JSON.stringify(content, null, 2)}\n`, { temporary: `${list}.${process.pid}` });
}

/** Does something while no other process changes the secrets. */
export function lockSecrets<T>(ctx: Context, work: () => T): T {
  const { directory, lock } = secretPaths(ctx);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  mkdirSync(`${ctx.paths.root}/locks`, { recursive: true, mode: 0o700 });
  return withFileLock(lock, work);
}

/** The secret with this name, id or unique beginning of an id. Throws 'not-found', or 'usage' for an ambiguous one. */
export function findSecret(ctx: Context, nameOrId: string): Secret {
  const secret = lookUpSecret(ctx, nameOrId);
  if (secret !== undefined) return secret;
  throw new TspodError('not-found', `no secret with name or id "${nameOrId}": no such secret`, {
    hint: 'tspod secret ls lists what there is',
  });
}

/** As findSecret(), but undefined when there is none. */
export function lookUpSecret(ctx: Context, nameOrId: string): Secret | undefined {
  const secrets = listSecrets(ctx);
  const exact = secrets.find(({ name }) => name === nameOrId) ?? secrets.find(({ id }) => id === nameOrId);
  if (exact !== undefined || nameOrId === '') return exact;
  const found = secrets.filter(({ id }) => id.startsWith(nameOrId));
  if (found.length < 2) return found[0];
  throw new TspodError('usage', `more than one result secret with prefix ${nameOrId}: secret is ambiguous`, {
    hint: 'type more characters of the id',
  });
}
