import { nearest } from '../../lib/suggest';
import { parseCommandLine } from './command-line';
import { expandMount } from './expand-mount';
import { readFlags } from './flag-values';
import type { FlagTable } from './flag-values';
import { languageError } from './language-error';
import { missingArguments } from './statement';
import { baseOf } from './statement';
import type { Statement } from './statement';
import type { RawWord, RunInstruction } from './types';

const FLAGS: FlagTable = {
  mount: 'list',
  network: 'value',
  security: 'value',
  device: {
    refuse: 'there are no device definitions of the build; give devices to all steps with build --device',
  },
};
const NETWORKS = ['default', 'none', 'host'] as const;
const SECURITY = ['sandbox', 'insecure'] as const;

/** `RUN`. */
export function parseRun(statement: Statement): RunInstruction<RawWord> {
  const flags = readFlags(statement, FLAGS);
  const command = parseCommandLine(statement);
  const isEmpty =
    command.form === 'exec' ? command.args.length === 0 : command.form === 'shell' && command.text === '';
  if (isEmpty) throw missingArguments(statement, 'RUN command argument');
  const mounts = flags.list('mount');
  // with variables nothing can be told before their values are known
  for (const mount of mounts) if (!mount.raw.includes('$')) expandMount(mount, (raw) => raw);
  return {
    ...baseOf(statement),
    kind: 'run',
    command,
    mounts,
    network: oneOf('network', flags.value('network'), NETWORKS),
    security: oneOf('security', flags.value('security'), SECURITY),
  };
}

function oneOf<T extends string>(name: string, word: RawWord | undefined, values: readonly [T, ...T[]]): T {
  if (word === undefined) return values[0];
  const found = values.find((value) => value === word.raw);
  if (found !== undefined) return found;
  const [near] = nearest(word.raw, values);
  const hint = near === undefined ? undefined : `did you mean "${near}"?`;
  throw languageError(word.at, `--${name}=${word.raw}: expected ${values.join(', ')}`, hint);
}
