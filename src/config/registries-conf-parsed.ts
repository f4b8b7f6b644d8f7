import { mkdirSync } from 'node:fs';
import type { Context } from '../lib/context';
import { describeError } from '../lib/errors';
import { readJsonFile, writeFileAtomic } from '../sys/file-io';
import { parseRegistriesConf } from './parse-registries-conf';
import type { RegistriesConfFile, ShortNameAlias } from './registries-conf-types';

/** Files of containers-registries.conf(5) as they were parsed the last time. */
export interface ParsedFiles {
  /** As `parseRegistriesConf`; one whose text is the same is not parsed again. */
  parse(path: string, text: string, isDropIn: boolean): RegistriesConfFile;
  /** Keeps what was parsed for the next time; a cache that cannot be written costs only time. */
  keep(): void;
}

/** A file, and what it says; the text itself is compared: it is never outdated. */
interface Parsed {
  path: string;
  isDropIn: boolean;
  text: string;
  file: Omit<RegistriesConfFile, 'aliases'> & { aliases: [string, ShortNameAlias][] };
}

interface Cached {
  format: number;
  files: Parsed[];
}

/** Changed whenever what is made of a text changes. */
const FORMAT = 1;

/** Opens the cache. A file about which there is something to tell is not kept: it is told every time. */
export function openParsedFiles(ctx: Pick<Context, 'log' | 'paths'>): ParsedFiles {
  const cacheFile = `${ctx.paths.cache}/registries-conf.json`;
  const before = readCache(cacheFile);
  const files: Parsed[] = [];
  let isChanged = false;

  function parse(path: string, text: string, isDropIn: boolean): RegistriesConfFile {
    const same = before.find(
      (each) => each.path === path && each.isDropIn === isDropIn && each.text === text,
    );
    if (same !== undefined) {
      files.push(same);
      return { ...same.file, aliases: new Map(same.file.aliases) };
    }
    let isSilent = true;
    const log: Context['log'] = (level, message) => {
      isSilent = false;
      ctx.log(level, message);
    };
    const file = parseRegistriesConf({ log }, path, text, { isDropIn });
    if (isSilent) {
      isChanged = true;
      files.push({ path, isDropIn, text, file: { ...file, aliases: [...file.aliases] } });
    }
    return file;
  }

  return {
    parse,
    keep() {
      if (!isChanged) return;
      const cached: Cached = { format: FORMAT, files };
      try {
        mkdirSync(ctx.paths.cache, { recursive: true, mode: 0o700 });
        writeFileAtomic(cacheFile, JSON.stringify(cached), { temporary: `${cacheFile}.${process.pid}` });
      } catch (error) {
        ctx.log('debug', `keeping the parsed registries.conf: ${describeError(error)}`);
      }
    },
  };
}

/** A broken cache is no cache. */
function readCache(path: string): readonly Parsed[] {
  try {
    const cached = readJsonFile(path) as Cached | undefined;
    return cached?.format === FORMAT && Array.isArray(cached.files) ? cached.files : [];
  } catch {
    return [];
  }
}
