import { isCdiName } from '../../../container/options/parse-device';
import type { HealthOptions } from '../../../container/create/health-config';
import type { ContainerOptions } from '../../../container/record';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { isGlobMount } from '../../../volume/parse-mount';
import type { UserMount } from '../../../volume/types';
import { configure } from '../configure';
import type { ContainerFlags } from './container-options';
import { hasHealthFlags } from './health-options';
import { FURTHER_OPTIONS } from './further-options';
import { parseContainerOptions, type ContainerDefaults } from './parse-container-options';

/**
 * What `run` and `create` do before they make a container: parse, with the defaults of containers.conf where there is
 * one.
 */
export async function prepareCreate(
  ctx: Context,
  typed: ContainerFlags,
  args: readonly string[],
): Promise<ContainerOptions> {
  const flags = withUserns(ctx, typed);
  const options = { ...(await parseConfigured(ctx, flags, args)), ...(await parseHealth(flags)) };
  await checkUpdates(options);
  if (flags.replace && options.name === undefined)
    throw new TspodError('usage', 'cannot replace container without --name being set');
  return options;
}

/** PODMAN_USERNS stands for a --userns that was not typed. */
function withUserns({ env }: Context, flags: ContainerFlags): ContainerFlags {
  const userns = env['PODMAN_USERNS'];
  if (!userns || flags.userns !== undefined || flags.uidmap.length + flags.gidmap.length > 0) return flags;
  return { ...flags, userns };
}

async function checkUpdates(options: ContainerOptions): Promise<void> {
  if (options.labels['io.containers.autoupdate'] === undefined) return;
  const { checkUpdateLabel } = await import('../../../container/options/update-policy');
  checkUpdateLabel(options);
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
  if (conf === undefined) return parseAll(ctx, given, args);
  const { withContainerDefaults } = await import('./container-defaults');
  const { flags, defaults } = withContainerDefaults(ctx, conf, given);
  return parseAll(ctx, flags, args, defaults);
}

/** What few commands have is parsed by code that is loaded only then. */
async function parseAll(
  ctx: Context,
  flags: ContainerFlags,
  args: readonly string[],
  defaults: ContainerDefaults = {},
): Promise<ContainerOptions> {
  const parsed = parseContainerOptions(ctx, await withoutGlobs(flags), args, defaults);
  const options = await withVolumeSettings(ctx, parsed);
  if (!hasFurther(ctx, flags)) return options;
  const { parseFurther } = await import('./parse-further');
  return { ...options, further: parseFurther(ctx, flags) };
}

async function withVolumeSettings(ctx: Context, options: ContainerOptions): Promise<ContainerOptions> {
  const hasThem = (mount: UserMount) => mount.kind === 'volume' && mount.driverOptions !== undefined;
  if (!options.mounts.some(hasThem)) return options;
  const { parseVolumeOptions } = await import('../../../volume/volume-options');
  const mounts = options.mounts.map((mount) => {
    if (mount.kind !== 'volume' || mount.driverOptions === undefined) return mount;
    return { ...mount, settings: parseVolumeOptions(mount.driverOptions, ctx.uid === 0) };
  });
  return { ...options, mounts };
}

function hasFurther({ env }: Context, flags: ContainerFlags): boolean {
  if (env['NOTIFY_SOCKET'] || flags.device.some(isCdiName)) return true;
  return Object.keys(FURTHER_OPTIONS).some((name) => {
    const value = flags[name as keyof typeof FURTHER_OPTIONS];
    return value !== undefined && value.length > 0;
  });
}

async function withoutGlobs(flags: ContainerFlags): Promise<ContainerFlags> {
  if (!flags.mount.some(isGlobMount)) return flags;
  const { expandGlobMount } = await import('../../../volume/expand-glob-mount');
  return { ...flags, mount: flags.mount.flatMap((text) => expandGlobMount(text)) };
}

/** The command line for the record, as it was typed. */
export function typedCommand(): string[] {
  return ['tspod', ...process.argv.slice(2)];
}
