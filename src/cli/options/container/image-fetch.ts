import type { ImageFetch } from '../../../image/find/ensure-image';
import type { Context } from '../../../lib/context';
import type { Output } from '../../define-command';
import { parsePlatform } from '../platform-options';
import { parsePullPolicy } from '../pull-policy';
import { parseRegistryOptions } from '../registry-options';
import type { ContainerFlags } from './container-options';

/** When and how `run` and `create` pull their image. Throws 'usage' for malformed options. */
export function imageFetch(ctx: Context, flags: ContainerFlags, output: Output): ImageFetch {
  const policy = flags.pull === undefined ? undefined : parsePullPolicy(flags.pull);
  const platform = parsePlatform(flags);
  return {
    policy: policy ?? ctx.defaults?.transfer?.pullPolicy ?? 'missing',
    ...(platform === undefined ? {} : { platform }),
    async options() {
      const { nameAsker } = await import('../../ask-for-name');
      const { pullReport, silentReport } = await import('../../print/pull-progress');
      const ask = flags.quiet ? undefined : nameAsker(output);
      return {
        registry: await parseRegistryOptions(ctx, flags),
        report: flags.quiet ? silentReport : pullReport(output),
        ...(ask === undefined ? {} : { ask }),
      };
    },
  };
}
