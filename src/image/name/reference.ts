import { TspodError } from '../../lib/errors';

/** The name of an image, as written: nothing is filled in. */
export interface ImageReference {
  /** `docker.io`, `localhost:5000`; undefined of a short name. */
  domain: string | undefined;
  /** `library/busybox`. */
  path: string;
  tag: string | undefined;
  /** `sha256:...`. */
  digest: string | undefined;
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const pathPattern = new RegExp(`^${component}(?:/${component})*$`);
const domainLabel = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domainPattern = new RegExp(
  `^(?:${domainLabel}(?:\\.${domainLabel})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?$`,
);
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const longestName = 255;

/**
 * Reads an image name by the grammar of Docker's distribution/reference: `[domain/]path[:tag][@digest]`.
 * Error `usage`: says which part is wrong.
 */
export function parseReference(text: string): ImageReference {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  const { domain, path } = splitDomain(colon < 0 ? named : named.slice(0, colon));
  const problem = findProblem({ domain, path, tag, digest });
  if (problem !== undefined) throw new TspodError('usage', `image name ${JSON.stringify(text)}: ${problem}`);
  return { domain, path, tag, digest };
}

/** The first part is a registry when it has a dot or a port, is `localhost`, or has an upper case letter. */
function splitDomain(name: string): { domain: string | undefined; path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isDomain =
    slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  return isDomain ? { domain: first, path: name.slice(slash + 1) } : { domain: undefined, path: name };
}

function findProblem({ domain, path, tag, digest }: ImageReference): string | undefined {
  if (path === '') return 'the name is empty';
  if (path !== path.toLowerCase()) return 'the repository has to be lower case';
  if (domain !== undefined && !domainPattern.test(domain))
    return `malformed registry ${JSON.stringify(domain)}`;
  if (!pathPattern.test(path)) return `malformed repository ${JSON.stringify(path)}`;
  if (domain === undefined && /^[0-9a-f]{64}$/.test(path))
    return 'a name cannot be 64 hexadecimal digits: that is an id';
  if ((domain === undefined ? 0 : domain.length + 1) + path.length > longestName) {
    return `longer than ${longestName} characters`;
  }
  if (tag === '') return 'the tag is empty';
  if (tag !== undefined && !tagPattern.test(tag)) return `malformed tag ${JSON.stringify(tag)}`;
  if (digest !== undefined && !digestPattern.test(digest))
    return `malformed digest ${JSON.stringify(digest)}`;
  return undefined;
}

/** The reference as text, with everything that it has. */
export function formatReference({ domain, path, tag, digest }: ImageReference): string {
  return `${repositoryOf({ domain, path })}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** Registry and path without tag and digest: `docker.io/library/busybox`. */
export function repositoryOf({ domain, path }: Pick<ImageReference, 'domain' | 'path'>): string {
  return domain === undefined ? path : `${domain}/${path}`;
}

/** A short name as one of Docker Hub, as Docker reads it; `library/` is filled in, and `latest` where there is no tag. */
export function dockerReference(reference: ImageReference): ImageReference {
  const isHub = reference.domain === undefined || /^(index\.)?docker\.io$/.test(reference.domain);
  if (!isHub) return withTag(reference);
  const path = reference.path.includes('/') ? reference.path : `library/${reference.path}`;
  return withTag({ ...reference, domain: 'docker.io', path });
}

/** A short name as one that was made here, as Podman names images: below `localhost/`. */
export function localReference(reference: ImageReference): ImageReference {
  return reference.domain === undefined
    ? withTag({ ...reference, domain: 'localhost' })
    : dockerReference(reference);
}

/**
 * The full name that an image gets here, as text: a short one is below `localhost/`. Error `usage`: it is malformed, or has a
 * digest, which is not for the user to give.
 */
export function givenName(text: string): string {
  const reference = parseReference(text);
  if (reference.digest === undefined) return formatReference(localReference(reference));
  throw new TspodError('usage', `image name "${text}": a name with a digest cannot be given to an image`);
}

/** With `latest` where neither tag nor digest is given. */
function withTag(reference: ImageReference): ImageReference {
  return reference.tag === undefined && reference.digest === undefined
    ? { ...reference, tag: 'latest' }
    : reference;
}
