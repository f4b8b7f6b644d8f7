import { nearest } from '../../lib/suggest';
import type { Flag } from './extract-flags';
import { languageError } from './language-error';
import type { Statement } from './statement';
import type { RawWord } from './types';

/** The flags of an instruction: one value, several, none (`true` or `false` may be given); or why it is refused. */
export type FlagTable = Readonly<Record<string, 'value' | 'list' | 'boolean' | { refuse: string }>>;

/** The flags that an instruction has been given. */
export interface FlagValues {
  value(name: string): RawWord | undefined;
  boolean(name: string): boolean | undefined;
  list(name: string): RawWord[];
}

/** Errors `invalid`: an unknown flag, one without its value, one that stands twice; `unsupported`: a refused one. */
export function readFlags({ keyword, flags }: Statement, table: FlagTable): FlagValues {
  const seen = new Set<string>();
  for (const flag of flags) {
    checkFlag(flag, keyword, table);
    if (seen.has(flag.name) && table[flag.name] !== 'list') {
      throw languageError(flag.at, `--${flag.name} stands here for the second time`);
    }
    seen.add(flag.name);
  }
  const find = (name: string) => flags.filter((flag) => flag.name === name);
  return {
    value: (name) => find(name).map(toWord)[0],
    boolean: (name) => find(name).map(({ value }) => value?.toLowerCase() !== 'false')[0],
    list: (name) => find(name).map(toWord),
  };
}

function checkFlag({ name, value, at, valueAt }: Flag, keyword: string, table: FlagTable): void {
  const kind = Object.hasOwn(table, name) ? table[name] : undefined;
  if (kind === undefined) throw unknownFlag(name, keyword, { at, names: Object.keys(table) });
  if (typeof kind === 'object') throw languageError(at, `--${name} is not supported: ${kind.refuse}`);
  if (kind !== 'boolean') {
    if (value === undefined) throw languageError(at, `--${name} needs a value`, `write --${name}=VALUE`);
  } else if (value !== undefined && !/^(true|false)$/i.test(value)) {
    throw languageError(valueAt, `--${name}=${value}: expected true or false`);
  }
}

function unknownFlag(
  name: string,
  keyword: string,
  { at, names }: { at: Flag['at']; names: string[] },
): Error {
  const [near] = nearest(name, names);
  const known = names.length === 0 ? `${keyword} has no flags` : `its flags: --${names.join(', --')}`;
  const hint = near === undefined ? known : `did you mean "--${near}"?`;
  return languageError(at, `unknown flag "--${name}" of ${keyword}`, hint);
}

function toWord({ value = '', valueAt }: Flag): RawWord {
  return { raw: value, at: valueAt };
}
