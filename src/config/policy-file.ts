import { TspodError } from '../lib/errors';

/** What an image has to meet. */
export interface PolicyRequirement {
  type: RequirementType;
}

const TYPES = ['insecureAcceptAnything', 'reject', 'signedBy', 'signedBaseLayer', 'sigstoreSigned'] as const;

/** The types of containers-policy.json(5). */
export type RequirementType = (typeof TYPES)[number];

/** A policy.json. */
export interface Policy {
  default: PolicyRequirement[];
  /** Requirements by transport and scope. */
  transports: Record<string, Record<string, PolicyRequirement[]>>;
}

/**
 * The content of containers-policy.json(5). It guards what may be run: whatever is not known in it is an error, `invalid`,
 * which says where.
 */
export function parsePolicy(path: string, value: unknown): Policy {
  const at = reader(path);
  const top = at.object(value, 'it', ['default', 'transports']);
  if (top['default'] === undefined) throw at.error('default', 'is missing');
  const transports = Object.entries(at.object(top['transports'] ?? {}, 'transports'));
  return {
    default: requirements(at, top['default'], 'default'),
    transports: Object.fromEntries(
      transports.map(([name, scopes]) => [name, scopesOf(at, scopes, `transports["${name}"]`)]),
    ),
  };
}

/** Error `invalid`: a key stands twice in one object of a JSON text, where the parser would take the last one silently. */
export function refuseRepeatedKey(path: string, text: string): void {
  const seen: Set<string>[] = [];
  let last = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}:]/g)) {
    const keys = seen.at(-1);
    if (token === '{') seen.push(new Set());
    else if (token === '}') seen.pop();
    else if (token === ':' && keys?.has(last))
      throw reader(path).error('it', `has the key ${last} twice in one object`);
    else if (token === ':') keys?.add(last);
    last = token;
  }
}

type Reader = ReturnType<typeof reader>;

function reader(path: string) {
  const error = (where: string, problem: string): TspodError =>
    new TspodError('invalid', `reading "${path}": ${where} ${problem}`, {
      hint: 'see containers-policy.json(5)',
    });
  const object = (value: unknown, where: string, keys?: readonly string[]): Record<string, unknown> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw error(where, 'must be an object');
    const unknown = keys && Object.keys(value).find((key) => !keys.includes(key));
    if (unknown !== undefined) throw error(where, `has the unknown key "${unknown}"`);
    return value as Record<string, unknown>;
  };
  return { error, object };
}

function scopesOf(at: Reader, value: unknown, where: string): Record<string, PolicyRequirement[]> {
  const scopes = Object.entries(at.object(value, where));
  return Object.fromEntries(
    scopes.map(([scope, list]) => [scope, requirements(at, list, `${where}["${scope}"]`)]),
  );
}

function requirements(at: Reader, value: unknown, where: string): PolicyRequirement[] {
  if (!Array.isArray(value) || value.length === 0) throw at.error(where, 'must be a list that is not empty');
  return value.map((each: unknown, index) => {
    const place = `${where}[${index}]`;
    const { type, ...rest } = at.object(each, place);
    const known = TYPES.find((name) => name === type);
    if (known === undefined) throw at.error(`${place}.type`, `is not known: ${JSON.stringify(type)}`);
    const [extra] = known === 'reject' || known === 'insecureAcceptAnything' ? Object.keys(rest) : [];
    if (extra !== undefined) throw at.error(place, `has the unknown key "${extra}"`);
    return { type: known };
  });
}
