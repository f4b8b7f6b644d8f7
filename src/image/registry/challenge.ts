/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  scheme: string;
  /** Names in lower case: `realm`, `service`, `scope`, `error`. */
  parameters: Map<string, string>;
}

const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";

/**
 * Reads `WWW-Authenticate` (RFC 9110, section 11.6.1): several challenges in one header or in several. What cannot be
 * read ends the list; it never throws.
 */
export function parseChallenges(header: string | undefined): Challenge[] {
  const challenges: Challenge[] = [];
  const scheme = new RegExp(`[\\s,]*(${token})(?:\\s+|(?=\\s*,)|$)(?!\\s*=)`, 'y');
  const parameter = new RegExp(`[\\s,]*(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"]+))`, 'y');
  const text = header ?? '';
  let at = 0;
  while (at < text.length) {
    const name = matchAt(scheme, text, at);
    if (name === undefined) break;
    at = scheme.lastIndex;
    const parameters = new Map<string, string>();
    for (;;) {
      const pair = matchAt(parameter, text, at);
      if (pair === undefined) break;
      at = parameter.lastIndex;
      const [, key = '', quoted, bare] = pair;
      parameters.set(key.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
    }
    challenges.push({ scheme: (name[1] ?? '').toLowerCase(), parameters });
  }
  return challenges;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
