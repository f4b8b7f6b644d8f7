/** `$NAME`, `${NAME}`, `${NAME:-text}` and `${NAME:+text}`, as in a Containerfile; `\$` is a dollar sign. */
const VARIABLE = /\\(\$)|\$(?:(\w+)|\{(\w+)(?::([-+])([^}]*))?\})/g;

/** `text` with variables replaced; unknown ones are empty. */
export function expandVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    VARIABLE,
    (_, dollar?: string, plain?: string, name?: string, sign?: string, word = '') => {
      if (dollar !== undefined) return dollar;
      const value = variables[plain ?? name ?? ''] ?? '';
      if (sign === '-') return value === '' ? String(word) : value;
      return sign === '+' ? (value === '' ? '' : String(word)) : value;
    },
  );
}
