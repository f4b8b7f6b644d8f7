import { TspodError } from '../../lib/errors';

/** A repository, and what of it. */
export interface GitAddress {
  /** For `git fetch`. */
  repository: string;
  /** A branch, tag or commit; absent: the repository's own. */
  ref?: string;
  /** Relative; absent: all of it. */
  directory?: string;
}

/**
 * The repository that an address names, `URL[#REF[:DIRECTORY]]`; undefined: it names none. An http address has to end with
 * `.git`, or be one of GitHub's without a scheme. Error `usage`: a directory outside of it, an option as a name.
 */
export function parseGitAddress(text: string): GitAddress | undefined {
  const hash = text.indexOf('#');
  const address = hash < 0 ? text : text.slice(0, hash);
  const repository = repositoryOf(address);
  if (repository === undefined) return undefined;
  const [ref = '', ...rest] = hash < 0 ? [] : text.slice(hash + 1).split(':');
  const directory = rest.join(':').replace(/^\/+|\/+$/g, '');
  if (ref.startsWith('-') || directory.split('/').includes('..')) {
    throw new TspodError('usage', `"${text.slice(hash)}" is no branch and directory of a repository`, {
      hint: 'write URL#BRANCH:DIRECTORY',
    });
  }
  return { repository, ...(ref ? { ref } : {}), ...(directory ? { directory } : {}) };
}

function repositoryOf(address: string): string | undefined {
  if (/^(git|ssh):\/\/[^-]/.test(address) || /^[\w.-]+@[\w.-]+:/.test(address)) return address;
  if (/^https?:\/\/.+\.git$/.test(address)) return address;
  return /^github\.com\/[^/]+\/[^/]+/.test(address) ? `https://${address}` : undefined;
}
