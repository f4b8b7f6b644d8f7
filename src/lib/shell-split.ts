/**
 * The words that a shell would make of `line`: blanks separate, quotes and backslashes keep together; nothing is
 * expanded. Returns undefined when a quote is not closed.
 */
export function shellSplit(line: string): string[] | undefined {
  const words: string[] = [];
  const piece = /\s+|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/y;
  let word: string | undefined;
  let end = 0;
  for (let match = piece.exec(line); match !== null; match = piece.exec(line)) {
    end = piece.lastIndex;
    const [all, single, double, escaped, plain] = match;
    const part = single ?? double?.replace(/\\([$`"\\\n])/g, '$1') ?? escaped ?? plain;
    if (part !== undefined) word = (word ?? '') + part;
    else if (word !== undefined && /^\s/.test(all)) {
      words.push(word);
      word = undefined;
    }
  }
  if (end !== line.length) return undefined;
  return word === undefined ? words : [...words, word];
}
