import { checkIdFile } from '../../../container/create-files';
import type { HealthOptions } from '../../../container/health-config';
import type { ContainerOptions } from '../../../container/record';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { configure } from '../configure';
import type { ContainerFlags } from './container-options';
import { hasHealthFlags } from './health-options';
import { parseContainerOptions } from './parse-container-options';

/**
 * What `run` and `create` do before they make a container: parse, with the defaults of containers.conf where there is
 * one, and clear the way for `--replace`.
 */
export async function prepareCreate(
  ctx: Context,
  flags: ContainerFlags,
  args: readonly string[],
): Promise<ContainerOptions> {
  const options = { ...(await parseConfigured(ctx, flags, args)), ...(await parseHealth(flags)) };
  checkIdFile(options);
  if (!flags.replace) return options;
  if (options.name === undefined)
    throw new TspodError('usage', 'cannot replace container without --name being set');
  const { replaceContainer } = await import('../../../container/replace');
  await replaceContainer(ctx, options.name);
  return options;
}

/** Loaded only where one of these options was typed. */
async function parseHealth(flags: ContainerFlags): Promise<HealthOptions> {
  if (!hasHealthFlags(flags)) return {};
  const { parseHealthFlags } = await import('./parse-health-flags');
  return parseHealthFlags(flags);
}

async function parseConfigured(
  ctx: Context,
  given: ContainerFlags,
  args: readonly string[],
): Promise<ContainerOptions> {
  const conf = await configure(ctx);
  if (conf === undefined) return parseContainerOptions(ctx, given, args);
  const { withContainerDefaults } = await import('./container-defaults');
  const { flags, defaults } = withContainerDefaults(ctx, conf, given);
  return parseContainerOptions(ctx, flags, args, defaults);
}

/** The command line for the record, as it was typed. */
export function typedCommand(): string[] {
  return ['tspod', ...process.argv.slice(2)];
}
