import { readFlags } from './flag-values';
import { languageError } from './language-error';
import { splitAtBlanks } from './split-words';
import { baseOf, missingArguments } from './statement';
import type { Statement } from './statement';
import type { FromInstruction, RawWord } from './types';

const EXAMPLE = 'FROM debian:trixie AS build';

/** `FROM`. */
export function parseFrom(statement: Statement): FromInstruction<RawWord> {
  const platform = readFlags(statement, { platform: 'value' }).value('platform');
  const [image, as, name, ...others] = splitAtBlanks(statement.line, statement.start);
  if (image === undefined) throw missingArguments(statement, EXAMPLE);
  if (as !== undefined && (as.raw.toLowerCase() !== 'as' || name === undefined || others.length > 0)) {
    const wrong = as.raw.toLowerCase() !== 'as' ? as : (others[0] ?? as);
    throw languageError(
      wrong.at,
      'FROM takes an image, or an image and AS NAME',
      `write it as in: ${EXAMPLE}`,
    );
  }
  return {
    ...baseOf(statement),
    kind: 'from',
    image,
    ...(platform === undefined ? {} : { platform }),
    ...(name === undefined ? {} : { name: stageName(name) }),
  };
}

function stageName({ raw, at }: RawWord): string {
  const name = raw.toLowerCase();
  if (/^[a-z][a-z0-9_.-]*$/.test(name)) return name;
  throw languageError(
    at,
    `stage name "${raw}": expected a letter, then letters, digits, "-", "_" or "."`,
    `FROM ... AS stage-${name.replace(/[^a-z0-9_.-]/g, '-')}`,
  );
}

/** The error of a file whose first instruction is neither `FROM` nor `ARG`. */
export function missingFrom(statement: Statement): Error {
  return languageError(
    statement.at,
    `there is no FROM before this ${statement.keyword}`,
    'a Containerfile begins with FROM IMAGE (or FROM scratch); only ARG may stand before it',
  );
}

/** The error of a file without instructions. */
export function emptyFile(file: string, text: string): Error {
  const at = { file, line: 1, column: 1, length: 1, text };
  return languageError(
    at,
    'there are no instructions',
    'the least that is needed is a line such as FROM scratch',
  );
}
