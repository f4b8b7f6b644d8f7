import { containersConfFiles } from '../../config/containers-conf-files';
import type { ContainersConf } from '../../config/containers-conf-keys';
import type { Context } from '../../lib/context';

/**
 * Reads containers.conf and hands what it says of the engine to `ctx`. Undefined, and nothing more is loaded, where
 * nothing is said. Throws 'invalid' for a malformed file and 'not-found' for one that is named and missing.
 */
export async function configure(ctx: Context): Promise<ContainersConf | undefined> {
  const files = containersConfFiles(ctx);
  if (files.length === 0) return undefined;
  const { loadContainersConf } = await import('../../config/containers-conf');
  const conf = await loadContainersConf(ctx, files);
  // a vendor's file of comments
  if (Object.keys(conf.origins).length + conf.ignored.length === 0) return undefined;
  const { engineDefaults, engineEnvironment } = await import('./engine-defaults');
  ctx.defaults = engineDefaults(conf);
  // what the caller has set stays, as with Podman
  if (conf.engine.env !== undefined) ctx.env = { ...engineEnvironment(conf), ...ctx.env };
  return conf;
}
