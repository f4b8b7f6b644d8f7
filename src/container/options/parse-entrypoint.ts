/** Parses `--entrypoint`: a JSON array of strings, one program, or nothing at all. */
export function parseEntrypoint(text: string): string[] {
  if (text === '') return [];
  if (!text.startsWith('[')) return [text];
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((each) => typeof each === 'string')) return list as string[];
  } catch {
    // not JSON: a program whose name begins with a bracket
  }
  return [text];
}
