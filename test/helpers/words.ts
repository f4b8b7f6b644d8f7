/**
 * The words of a command line, written as one reads it: blanks part them, `'...'` holds blanks, and what is put in with `${}`
 * is never parted. A list that is put in stands for its words.
 */
export function words(texts: TemplateStringsArray, ...values: (string | readonly string[])[]): string[] {
  const found: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  const end = (): void => {
    if (word !== undefined) found.push(word);
    word = undefined;
  };
  const take = (letter: string): void => {
    if (letter === "'") isQuoted = !isQuoted;
    else if (!isQuoted && /\s/.test(letter)) return end();
    word = (word ?? '') + (letter === "'" ? '' : letter);
  };
  texts.forEach((text, at) => {
    for (const letter of text) take(letter);
    const value = values[at] ?? [];
    if (typeof value === 'string') word = (word ?? '') + value;
    else found.push(...value);
  });
  end();
  return found;
}
