import { mkdirSync } from 'node:fs';
import type { Context } from '../lib/context';
import { wrapError } from '../lib/errors';
import { hasProjectQuotas, limitDirectories } from '../sys/project-quota';

/** A size limit: as root by a project quota where the store's file system has them, else as it was asked for. */
export function limitOf<T extends { size: number; kind: string }>(
  ctx: Context,
  limit: T,
): T | { size: number; kind: 'quota' } {
  if (limit.kind !== 'image' || ctx.uid !== 0) return limit;
  mkdirSync(ctx.paths.root, { recursive: true, mode: 0o700 });
  return hasProjectQuotas(ctx.paths.root) ? { size: limit.size, kind: 'quota' } : limit;
}

/** Limits new directories of the store, together. */
export function limitByQuota(ctx: Context, paths: readonly string[], size: number): void {
  try {
    limitDirectories(paths, size, `${ctx.paths.root}/project-ids`);
  } catch (error) {
    throw wrapError(`limiting "${paths[0]}" to ${size} bytes by a project quota`, error);
  }
}
