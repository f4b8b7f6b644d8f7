import type { CacheSettings } from '../../../build/request';
import { dockerReference, parseReference } from '../../../image/name/reference';
import type { ImageReference } from '../../../image/name/reference';
import type { PullPolicy } from '../../../image/pull/pull-request';
import type { Context } from '../../../lib/context';
import { parseDuration } from '../../../lib/duration';
import { TspodError } from '../../../lib/errors';
import type { BuildFlags } from './build-options';

/** `--pull` by its values; Podman takes true and false too. */
const POLICIES: Readonly<Record<string, PullPolicy>> = {
  always: 'always',
  true: 'always',
  missing: 'missing',
  ifmissing: 'missing',
  false: 'missing',
  newer: 'newer',
  ifnewer: 'newer',
  never: 'never',
};

/** When base images are pulled. Throws 'usage'. */
export function parseBuildPull({ pull }: BuildFlags): PullPolicy {
  const policy = POLICIES[pull.toLowerCase()];
  if (policy !== undefined) return policy;
  throw new TspodError('usage', `unsupported pull policy "${pull}"`, {
    hint: 'use always, missing, newer or never',
  });
}

/** How many stages are built at once. Throws 'usage'. */
export function parseJobs({ jobs }: BuildFlags): number {
  if (jobs === undefined) return Number.MAX_SAFE_INTEGER;
  if (jobs < 0)
    throw new TspodError('usage', `--jobs ${jobs}: invalid value for jobs, it must be a positive integer`);
  return jobs === 0 ? Number.MAX_SAFE_INTEGER : jobs;
}

/** What is taken from earlier builds, and kept for later ones. Throws 'usage'. */
export function parseCache(flags: BuildFlags, { env }: Pick<Context, 'env'>): CacheSettings {
  const layers = flags.layers ?? !['false', '0'].includes((env['BUILDAH_LAYERS'] ?? '').toLowerCase());
  const { 'cache-ttl': text } = flags;
  const ttl = text === undefined ? undefined : parseTtl(text);
  return {
    // nothing is younger than no time
    use: !(flags['no-cache'] ?? false) && layers && ttl !== 0,
    layers,
    from: flags['cache-from'].map((name) => parseRepository('--cache-from', name)),
    to: flags['cache-to'].map((name) => parseRepository('--cache-to', name)),
    ...(ttl ? { ttl } : {}),
  };
}

/** A repository of a registry. */
function parseRepository(option: string, text: string): ImageReference {
  const reference = readRepository(option, text);
  if (reference.tag !== undefined || reference.digest !== undefined)
    throw unparsed(option, text, 'repository must contain neither a tag nor digest');
  const { domain, path } = dockerReference(reference);
  if (domain === 'localhost')
    throw unparsed(option, text, 'it is a name of this machine only (a registry here is localhost:PORT)');
  return { domain, path, tag: undefined, digest: undefined };
}

function readRepository(option: string, text: string): ImageReference {
  try {
    return parseReference(text);
  } catch (cause) {
    throw unparsed(option, text, 'must contain registry and repository', cause);
  }
}

function unparsed(option: string, text: string, reason: string, cause?: unknown): TspodError {
  return new TspodError('usage', `unable to parse value provided "${text}" to ${option}: ${reason}`, {
    cause,
  });
}

function parseTtl(text: string): number {
  try {
    return parseDuration(text);
  } catch (cause) {
    throw new TspodError('usage', `unable to parse value provided "${text}" as --cache-ttl`, {
      hint: 'write a duration such as 24h',
      cause,
    });
  }
}
