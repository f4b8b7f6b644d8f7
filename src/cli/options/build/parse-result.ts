import type { ImageChanges, TimeSettings } from '../../../build/request';
import { parseEnv } from '../../../container/options/parse-env';
import { parseAnnotations, parseLabels } from '../../../container/options/parse-key-values';
import { givenName } from '../../../image/name/reference';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import type { BuildFlags } from './build-options';
import { parseBuildArgs } from './parse-sources';

/** Full names of the image. Throws 'usage' for a malformed one. */
export function parseTags(flags: BuildFlags): string[] {
  return flags.tag.map((text) => fullName('tag', text));
}

/** The name of `--manifest`; undefined: none. Throws 'usage'. */
export function parseManifestName({ manifest }: BuildFlags): string | undefined {
  return manifest === undefined ? undefined : fullName('manifest', manifest);
}

function fullName(option: string, text: string): string {
  try {
    return givenName(text);
  } catch (cause) {
    throw new TspodError('usage', `--${option} "${text}": ${(cause as Error).message}`, { cause });
  }
}

/** What is changed in the configuration of the image. Throws 'usage'. */
export function parseChanges(flags: BuildFlags, { env }: Pick<Context, 'env'>): ImageChanges {
  if (flags.squash && flags['squash-all'])
    throw new TspodError('usage', 'cannot specify --squash-all with --squash');
  const osVersion = flags['os-version'];
  return {
    labels: parseLabels(flags.label),
    layerLabels: {},
    annotations: parseAnnotations(flags.annotation),
    env: parseEnv({ entries: flags.env, files: [], host: false, proxy: false }, env),
    unsetEnv: flags.unsetenv,
    unsetLabels: flags.unsetlabel,
    identityLabel: flags['identity-label'],
    ...(osVersion === undefined ? {} : { osVersion }),
    osFeatures: flags['os-feature'],
    omitHistory: flags['omit-history'] ?? false,
    format: parseFormat(flags.format ?? env['BUILDAH_FORMAT'] ?? 'oci'),
    squash: flags['squash-all'] ? 'all' : flags.squash ? 'new' : 'none',
  };
}

function parseFormat(text: string): 'oci' | 'docker' {
  const format = text.toLowerCase();
  if (format === 'oci' || format === 'docker') return format;
  throw new TspodError('usage', `unrecognized image type "${text}"`, { hint: 'use oci or docker' });
}

/** The times in the image. Throws 'usage'. */
export function parseTimes(flags: BuildFlags, { env }: Pick<Context, 'env'>): TimeSettings {
  const { timestamp, 'source-date-epoch': epoch, 'rewrite-timestamp': rewrite } = flags;
  if (timestamp !== undefined && epoch !== undefined)
    throw new TspodError('usage', 'cannot specify --source-date-epoch with --timestamp');
  if (timestamp !== undefined) {
    const seconds = parseEpoch('--timestamp', timestamp);
    return { created: seconds, setFiles: seconds };
  }
  // as BuildKit takes it
  const given = parseBuildArgs(flags, { env }).get('SOURCE_DATE_EPOCH');
  const text = epoch ?? given ?? (env['SOURCE_DATE_EPOCH'] || undefined);
  if (text === undefined) {
    if (rewrite) throw new TspodError('usage', '--rewrite-timestamp needs --source-date-epoch');
    return {};
  }
  const seconds = parseEpoch(epoch === undefined ? 'SOURCE_DATE_EPOCH' : '--source-date-epoch', text);
  // one option is enough for the same digest on two machines
  const clamps = rewrite ?? epoch !== undefined;
  return { created: seconds, ...(clamps ? { clampFiles: seconds } : {}) };
}

function parseEpoch(name: string, text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new TspodError('usage', `${name} "${text}": expected seconds since 1970`, {
    hint: `${name}=$(date +%s)`,
  });
}
