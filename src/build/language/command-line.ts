import { looksLikeJsonList, parseJsonList } from './json-list';
import { parseHeredocWord } from './heredoc';
import { argumentsAt } from './statement';
import type { Statement } from './statement';
import type { CommandLine, Heredoc } from './types';

/** The program of an instruction from `start` on, by default all of its arguments. */
export function parseCommandLine(statement: Statement, start = statement.start): CommandLine {
  const words = parseJsonList(statement.line, start);
  if (words !== undefined) return { form: 'exec', args: words.map(({ raw }) => raw) };
  const text = statement.line.text.slice(start);
  if (looksLikeJsonList(text)) {
    const message = 'this is no valid JSON array, and therefore text for the shell: use double quotes';
    statement.warnings.push({ message, at: argumentsAt(statement) });
  }
  return withHeredocs(text, statement.heredocs);
}

/** A document that stands alone is the script; others are for the shell to read. */
function withHeredocs(text: string, heredocs: Heredoc[]): CommandLine {
  const [only] = heredocs;
  if (only === undefined) return { form: 'shell', text };
  if (heredocs.length === 1 && parseHeredocWord(text)) {
    const { name, content } = only;
    return content.startsWith('#!') ? { form: 'script', name, content } : { form: 'shell', text: content };
  }
  return {
    form: 'shell',
    text: heredocs.reduce((all, { name, content }) => `${all}\n${content}${name}`, text),
  };
}
