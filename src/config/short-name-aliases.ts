import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Context } from '../lib/context';
import { isErrno } from '../lib/errors';
import { writeFileAtomic } from '../sys/file-io';
import { parseAliases, topTable } from './parse-registries-conf';
import type { ShortNameAlias } from './registries-conf-types';

/** Where choices between registries are kept: shared with Podman. */
export function shortNameAliasesFile(ctx: Pick<Context, 'env' | 'home' | 'uid'>): string {
  if (ctx.uid === 0) return '/var/cache/containers/short-name-aliases.conf';
  const cache = ctx.env['XDG_CACHE_HOME'];
  return `${cache?.startsWith('/') ? cache : `${ctx.home}/.cache`}/containers/short-name-aliases.conf`;
}

/** The aliases that were recorded after a choice. Error `invalid`: the file is broken. */
export function shortNameAliases(ctx: Pick<Context, 'env' | 'home' | 'uid'>): Map<string, ShortNameAlias> {
  const file = shortNameAliasesFile(ctx);
  try {
    return parseAliases(topTable(file, readFileSync(file, 'utf8')));
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return new Map();
    throw error;
  }
}

/** Records which full name a short name stands for, both without tag and digest; replaces what was recorded before. */
export function recordShortName(
  ctx: Pick<Context, 'env' | 'home' | 'uid'>,
  shortName: string,
  fullName: string,
): void {
  const file = shortNameAliasesFile(ctx);
  const aliases = shortNameAliases(ctx).set(shortName, { value: fullName, origin: file });
  const lines = [...aliases].map(
    ([name, { value }]) => `  ${JSON.stringify(name)} = ${JSON.stringify(value)}\n`,
  );
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomic(file, `[aliases]\n${lines.join('')}`, { temporary: `${file}.${process.pid}` });
}
