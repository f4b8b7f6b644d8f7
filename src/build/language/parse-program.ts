import { parseCommandLine } from './command-line';
import { readFlags } from './flag-values';
import { parseJsonList } from './json-list';
import { languageError } from './language-error';
import { argumentsAt, baseOf, missingArguments } from './statement';
import type { Statement } from './statement';
import type { ProgramInstruction, ShellInstruction } from './types';

/** `CMD` and `ENTRYPOINT`. Without arguments they take back what the base has. */
export function parseProgram(statement: Statement): ProgramInstruction {
  readFlags(statement, {});
  const command = statement.text === '' ? ({ form: 'exec', args: [] } as const) : parseCommandLine(statement);
  const kind = statement.keyword === 'CMD' ? 'cmd' : 'entrypoint';
  return {
    ...baseOf(statement),
    kind,
    command: command.form === 'exec' ? { ...command, args: [...command.args] } : command,
  };
}

/** `SHELL`. */
export function parseShell(statement: Statement): ShellInstruction {
  readFlags(statement, {});
  const words = parseJsonList(statement.line, statement.start);
  if (words === undefined && statement.text !== '') {
    const args = statement.text.split(/\s+/).map((word) => JSON.stringify(word));
    throw languageError(
      argumentsAt(statement),
      'SHELL takes a JSON array',
      `write SHELL [${args.join(', ')}]`,
    );
  }
  if (words === undefined || words.length === 0)
    throw missingArguments(statement, 'SHELL ["/bin/bash", "-c"]');
  return { ...baseOf(statement), kind: 'shell', args: words.map(({ raw }) => raw) };
}
