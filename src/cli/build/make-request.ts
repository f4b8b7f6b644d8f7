import type { BuildRequest } from '../../build/request';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { BuildFlags } from '../options/build/build-options';
import { parseChanges, parseManifestName, parseTags, parseTimes } from '../options/build/parse-result';
import { parseOutput } from '../options/build/parse-output';
import { parseRunSettings } from '../options/build/parse-run-settings';
import {
  parseBuildAgent,
  parseBuildArgs,
  parseBuildSecret,
  parsePlatforms,
} from '../options/build/parse-sources';
import { parseBuildPull, parseCache, parseJobs } from '../options/build/parse-work';
import { parseRegistryOptions } from '../options/registry-options';

/** What the options say, before a context is opened. */
export type BuildSettings = Omit<BuildRequest, 'containerfile' | 'context' | 'namedContexts' | 'report'>;

/** All options, parsed and free of contradictions. Errors: `usage`, `unsupported`, `not-found` of a secret or a key. */
export async function makeRequest(ctx: Context, flags: BuildFlags): Promise<BuildSettings> {
  const { from, target } = flags;
  const manifestList = parseManifestName(flags);
  const platforms = parsePlatforms(flags);
  const cache = parseCache(flags, ctx);
  checkTogether(flags, { platforms: platforms.length, layers: cache.layers });
  return {
    tags: parseTags(flags),
    ...(manifestList === undefined ? {} : { manifestList }),
    ...(from === undefined ? {} : { from }),
    ...(target === undefined ? {} : { target }),
    skipUnusedStages: flags['skip-unused-stages'],
    buildArgs: parseBuildArgs(flags, ctx),
    platforms,
    allPlatforms: flags['all-platforms'] ?? false,
    jobs: parseJobs(flags),
    pull: parseBuildPull(flags),
    registry: await parseRegistryOptions(ctx, flags),
    cache,
    run: parseRunSettings(flags, ctx),
    changes: parseChanges(flags, ctx),
    times: parseTimes(flags, ctx),
    secrets: flags.secret.map((text) => parseBuildSecret(text, ctx)),
    agents: flags.ssh.map((text) => parseBuildAgent(text, ctx)),
    outputs: flags.output.filter((text) => text !== '').map(parseOutput),
    compatVolumes: true,
  };
}

function checkTogether(
  flags: BuildFlags,
  { platforms, layers }: { platforms: number; layers: boolean },
): void {
  if (flags.logsplit && flags.logfile === undefined)
    throw new TspodError('usage', 'cannot use --logsplit without --logfile');
  const exchanged = flags['cache-to'].length > 0 ? 'cache-to' : 'cache-from';
  if (!layers && flags[exchanged].length > 0)
    throw new TspodError('usage', `cannot use --${exchanged} with --layers=false: no steps are kept`, {
      hint: 'leave out --layers=false, or unset BUILDAH_LAYERS',
    });
  if (platforms > 1 && flags['all-platforms'])
    throw new TspodError('usage', 'cannot specify --all-platforms with --platform');
  const isArchive = (text: string): boolean => /^-$|(^|,)type=(?!local(,|$))/.test(text);
  if (platforms > 1 && flags.output.some(isArchive))
    throw new TspodError('usage', '--output: several platforms do not go into one archive', {
      hint: 'use type=local, which makes a directory for each; or --manifest NAME, then "tspod manifest push --all NAME oci-archive:FILE"',
    });
}
