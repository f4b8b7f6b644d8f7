import type { ContainersConf } from '../../config/containers-conf-keys';
import { TspodError, describeError } from '../../lib/errors';

type ConfTable = 'containers' | 'engine' | 'network' | 'secrets';

/** Does something with one value of containers.conf; an error then names file, line and key. An absent value is left alone. */
export function useValue<Table extends ConfTable, Key extends keyof ContainersConf[Table] & string>(
  conf: ContainersConf,
  [table, key]: readonly [Table, Key],
  use: (value: NonNullable<ContainersConf[Table][Key]>) => void,
): void {
  const value = conf[table][key];
  if (value === undefined || value === null) return;
  try {
    use(value);
  } catch (cause) {
    const where = `${table}.${key}`;
    throw new TspodError('invalid', `reading ${conf.origins[where]}: ${where}: ${describeError(cause)}`, {
      ...(cause instanceof TspodError && cause.hint !== undefined ? { hint: cause.hint } : {}),
      cause,
    });
  }
}

/** A path of a value. Throws where it is not a full one. */
export function fullPath(path: string): string {
  if (path.startsWith('/')) return path;
  throw new Error(`"${path}" is no full path`);
}
