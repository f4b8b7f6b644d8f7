import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadFile } from '../../image/download/download-file';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { kindOf } from './kinds';

/** Paths in the places of addresses; close() removes what was fetched. */
export interface FetchedQuadlets {
  paths: string[];
  close(): void;
}

/**
 * Fetches the Quadlet files whose addresses are among `places`, each under the name at the end of its address. Throws 'unsupported'
 * for other addresses than those of the web, and 'usage' for a name that is no Quadlet file's.
 */
export async function fetchQuadlets(ctx: Context, places: readonly string[]): Promise<FetchedQuadlets> {
  const scheme = places.map((place) => /^([a-z][a-z0-9+.-]*):\/\//i.exec(place)?.[1]?.toLowerCase());
  const strange = places.find((_, at) => scheme[at] !== undefined && !/^https?$/.test(scheme[at]));
  if (strange !== undefined)
    throw new TspodError('unsupported', `"${strange}": only addresses with https:// or http:// are read`);
  if (scheme.every((each) => each === undefined)) return { paths: [...places], close: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'tspod-quadlet-'));
  const close = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const paths: string[] = [];
    for (const [at, place] of places.entries())
      paths.push(scheme[at] === undefined ? place : await fetchOne(ctx, place, folder));
    return { paths, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function fetchOne(ctx: Context, address: string, folder: string): Promise<string> {
  const staged = join(folder, '.download');
  const { name } = await downloadFile(ctx, address, { path: staged });
  if (kindOf(name) === undefined || name.includes('/'))
    throw new TspodError('usage', `"${address}" is no Quadlet file by its name`, {
      hint: 'its name ends with .container, .volume, .network, .image or .build',
    });
  renameSync(staged, join(folder, name));
  return join(folder, name);
}
