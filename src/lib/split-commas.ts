/** The fields of one line of comma-separated values; `"a,b"` is one field. */
export function splitCommas(text: string): string[] {
  if (text === '') return [];
  if (!text.includes('"')) return text.split(',');
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/y;
  for (let end = false; !end;) {
    const match = field.exec(text);
    if (match === null) return text.split(',');
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    end = match[3] === '';
  }
  return fields;
}
