import type { ImageFetch } from '../../../image/ensure-image';
import type { PullPolicy } from '../../../image/pull/pull-request';
import { TspodError } from '../../../lib/errors';
import type { Output } from '../../define-command';
import { parsePlatform } from '../platform-options';
import { parseRegistryOptions } from '../registry-options';
import type { ContainerFlags } from './container-options';

/** `--pull` by its values; Podman takes true and false too. */
const policies: Readonly<Record<string, PullPolicy>> = {
  always: 'always',
  true: 'always',
  missing: 'missing',
  ifmissing: 'missing',
  ifnotpresent: 'missing',
  newer: 'newer',
  ifnewer: 'newer',
  never: 'never',
  false: 'never',
};

/** When and how `run` and `create` pull their image. Throws 'usage' for malformed options. */
export function imageFetch(flags: ContainerFlags, output: Output): ImageFetch {
  const policy = policies[flags.pull.toLowerCase()];
  if (policy === undefined) {
    throw new TspodError('usage', `unsupported pull policy "${flags.pull}"`, {
      hint: 'use always, missing, newer or never',
    });
  }
  const platform = parsePlatform(flags);
  return {
    policy,
    ...(platform === undefined ? {} : { platform }),
    async options() {
      const { nameAsker } = await import('../../ask-for-name');
      const { pullReport, silentReport } = await import('../../print/pull-progress');
      const ask = flags.quiet ? undefined : nameAsker(output);
      return {
        registry: await parseRegistryOptions(flags),
        report: flags.quiet ? silentReport : pullReport(output),
        ...(ask === undefined ? {} : { ask }),
      };
    },
  };
}
