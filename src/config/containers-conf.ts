import { mkdirSync, readFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { describeError } from '../lib/errors';
import { readJsonFile, writeFileAtomic } from '../sys/file-io';
import { containersConfFiles, type ConfPath } from './containers-conf-files';
import type { ContainersConf } from './containers-conf-keys';
import { tomlError } from './toml-error';
import { mergeContainersConf, type ConfFile } from './merge-containers-conf';

/** The parsed files, valid while `key` is what the files on disk come to. */
interface Cached {
  key: string;
  conf: ContainersConf;
}

/** Changed whenever the keys that are read change: what an older program kept is read anew. */
const FORMAT = 6;

/**
 * What containers.conf(5) says on this machine. Without any file nothing is read; else the parsed content is kept in
 * the cache directory, so that TOML is only parsed after a change. Keys without effect are told: those that Podman knows
 * for debugging, others as a warning. Throws 'invalid' for a file that is not TOML or has a value of the wrong type.
 */
export async function loadContainersConf(
  ctx: Context,
  paths: readonly ConfPath[] = containersConfFiles(ctx),
): Promise<ContainersConf> {
  if (paths.length === 0) return mergeContainersConf([]);
  const key = `${FORMAT} ${paths.map(({ path, version }) => `${path} ${version}`).join('\n')}`;
  const file = `${ctx.paths.cache}/containers-conf.json`;
  const cached = readCache(file);
  const conf = cached?.key === key ? cached.conf : mergeContainersConf(await parseAll(paths));
  if (conf !== cached?.conf) writeCache(ctx, file, { key, conf });
  for (const each of conf.ignored) {
    if (each.reason !== undefined)
      ctx.log('debug', `${each.origin}: ${each.key} has no effect: ${each.reason}`);
    else ctx.log('warn', `${each.origin}: ${each.key} is not known, it has no effect`);
  }
  return conf;
}

async function parseAll(paths: readonly ConfPath[]): Promise<ConfFile[]> {
  const { parse } = await import('smol-toml');
  return paths.map(({ path }) => {
    let text = '';
    try {
      text = readFileSync(path, 'utf8');
      return { path, text, content: parse(text) };
    } catch (cause) {
      throw tomlError(
        { path, text },
        cause,
        'mend the file, or go without it: CONTAINERS_CONF=/dev/null tspod ...',
      );
    }
  });
}

/** A broken cache is no cache. */
function readCache(file: string): Cached | undefined {
  try {
    return readJsonFile(file) as Cached | undefined;
  } catch {
    return undefined;
  }
}

/** A cache that cannot be written (a full disk, a read-only home) costs only time. */
function writeCache(ctx: Context, file: string, cached: Cached): void {
  try {
    mkdirSync(ctx.paths.cache, { recursive: true, mode: 0o700 });
    writeFileAtomic(file, JSON.stringify(cached), { temporary: `${file}.${process.pid}` });
  } catch (error) {
    ctx.log('debug', `keeping the parsed containers.conf: ${describeError(error)}`);
  }
}
