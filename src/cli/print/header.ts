/** The heading of a field: the given one, else its words in capitals: `CreatedAt` is `CREATED AT`. */
export function headerOf(field: string, headers: Readonly<Record<string, string>>): string {
  return headers[field] ?? words(field).join(' ').toUpperCase();
}

/** The words of a name in camel case; a run of capitals is one word. */
function words(field: string): string[] {
  return field.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g) ?? [field];
}
