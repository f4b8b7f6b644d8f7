import { existsSync, readFileSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { readJsonFile } from '../sys/file-io';
import { parsePolicy, refuseRepeatedKey } from './policy-file';
import type { Policy, PolicyRequirement } from './policy-file';

/** Where a check is told to look. */
export interface PolicyOptions {
  /** `--signature-policy`: instead of the files that are looked for. */
  file?: string;
}

/**
 * Fails unless containers-policy.json(5) accepts an image. `identity` is the full name with tag or digest of transport
 * `docker`, an absolute path of `dir`, `oci` and `oci-archive`, else empty. Without a policy.json everything is accepted.
 * Errors: `denied` (rejected), `unsupported` (a signature would have to be verified), `invalid` (the file is broken).
 */
export function checkPolicy(
  ctx: Pick<Context, 'home'>,
  transport: string,
  identity: string,
  options: PolicyOptions = {},
): void {
  const file = options.file ?? policyFile(ctx);
  if (file === undefined) return;
  const content = readJsonFile(file);
  if (content === undefined) throw new TspodError('not-found', `the policy "${file}" does not exist`);
  refuseRepeatedKey(file, readFileSync(file, 'utf8'));
  const { requirements, where } = findRequirements(parsePolicy(file, content), transport, identity);
  for (const { type } of requirements) {
    const image = identity === '' ? transport : `${transport}:${identity}`;
    if (type !== 'insecureAcceptAnything') throw refusal(file, where, type, image);
  }
}

/** The policy.json that counts: the user's own, else the machine's; undefined where there is neither. */
export function policyFile({ home }: Pick<Context, 'home'>): string | undefined {
  return [`${home}/.config/containers/policy.json`, '/etc/containers/policy.json'].find((path) =>
    existsSync(path),
  );
}

/** The requirements of the most specific scope, and its place in the file. */
export function findRequirements(
  policy: Policy,
  transport: string,
  identity: string,
): { requirements: PolicyRequirement[]; where: string } {
  const scopes = Object.hasOwn(policy.transports, transport) ? policy.transports[transport] : undefined;
  const wanted = transport === 'docker' ? imageScopes(identity) : pathScopes(identity);
  for (const scope of scopes === undefined ? [] : [...wanted, '']) {
    const requirements = Object.hasOwn(scopes ?? {}, scope) ? scopes?.[scope] : undefined;
    if (requirements !== undefined) return { requirements, where: `transports["${transport}"]["${scope}"]` };
  }
  return { requirements: policy.default, where: 'default' };
}

/** `a.b/c/d:t`, `a.b/c/d`, `a.b/c`, `a.b`, `*.b`: containers-policy.json(5), "docker:". */
function imageScopes(identity: string): string[] {
  const [named = '', digest] = identity.split('@');
  const name = named.replace(/:[^/:]*$/, (tag) => (named.includes('/') ? '' : tag));
  const scopes = [digest === undefined ? named : `${name}@${digest}`];
  for (let part = name; ; part = part.slice(0, part.lastIndexOf('/'))) {
    scopes.push(part);
    if (!part.includes('/')) break;
  }
  const host = (name.split('/')[0] ?? '').replace(/:.*$/, '');
  const labels = host.split('.');
  return [...scopes, ...labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`)];
}

/** A path and the folders above it, without "/". */
function pathScopes(path: string): string[] {
  const scopes: string[] = [];
  for (let part = path; part !== '' && part !== '/'; part = part.slice(0, part.lastIndexOf('/'))) {
    scopes.push(part);
    if (!part.includes('/')) break;
  }
  return scopes;
}

function refusal(file: string, where: string, type: string, image: string): TspodError {
  if (type === 'reject') {
    return new TspodError('denied', `source image rejected: ${image} is rejected by policy`, {
      hint: `"${file}" says so: ${where}`,
    });
  }
  return new TspodError(
    'unsupported',
    `"${file}": ${where} asks for ${type}, and tspod verifies no signatures`,
    {
      hint: `${image} cannot be used under this policy`,
    },
  );
}
