import { checkIdFile } from '../../../container/create-files';
import type { ContainerOptions } from '../../../container/record';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { configure } from '../configure';
import type { ContainerFlags } from './container-options';
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
  const options = await parseConfigured(ctx, flags, args);
  checkIdFile(options);
  if (!flags.replace) return options;
  if (options.name === undefined)
    throw new TspodError('usage', 'cannot replace container without --name being set');
  const { replaceContainer } = await import('../../../container/replace');
  await replaceContainer(ctx, options.name);
  return options;
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
