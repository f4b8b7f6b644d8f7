import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { PLAN } from '../runtime/protocol';
import { findProgram } from '../sys/programs';
import { pastaArguments } from './pasta';
import { parseSlirpOptions } from './slirp-options';
import { slirpArguments, slirpRequests } from './slirp4netns';
import type { NetworkMode, NetworkOptions, PortMapping } from './types';

/** What the monitor runs beside a container: see NET_HELPER and NET_REQUEST in native/protocol.h. */
export interface NetworkPlan {
  argv: string[];
  /** PLAN.NET_ flags. */
  flags: number;
  /** Sent to the helper's API socket once it is up; `what` begins the error when one is refused. */
  requests: { bytes: string; what: string }[];
}

/** The helper that a network mode came to on this machine. */
export type NetworkHelper =
  | { name: 'slirp4netns'; program: string; options: NetworkOptions }
  | { name: 'pasta'; program: string; args: string[] };

/** The helper of a container's network, or undefined when it needs none. Throws 'machine' when none is installed. */
export function networkPlan(
  ctx: Context,
  { mode, ports }: { mode: NetworkMode; ports: readonly PortMapping[] },
): NetworkPlan | undefined {
  const helper = networkHelper(ctx, mode);
  if (helper === undefined) return undefined;
  // an argument of the user's own may publish some, too
  const hasPorts = ports.length > 0 || (helper.name === 'pasta' && helper.args.length > 0);
  const flags = PLAN.NET_READY_FD | (hasPorts ? PLAN.NET_PORTS : 0);
  if (helper.name === 'pasta') return { argv: pastaArguments(helper, ports), flags, requests: [] };
  return {
    argv: slirpArguments(helper, hasPorts),
    flags: flags | (hasPorts ? PLAN.NET_API : 0),
    requests: slirpRequests(ports, helper.options['cidr']),
  };
}

/**
 * Which helper carries a mode: what containers.conf names, else slirp4netns, or pasta where that is absent. Throws
 * 'machine' when a helper that was asked for is not installed.
 */
export function networkHelper(ctx: Context, mode: NetworkMode): NetworkHelper | undefined {
  if (mode.kind === 'slirp4netns') return slirp(ctx, mode.options);
  if (mode.kind === 'pasta') return pasta(ctx, mode.args);
  if (mode.kind !== 'private') return undefined;
  // pasta does not carry root's networks
  const asked = ctx.uid === 0 ? undefined : ctx.defaults?.networkHelper;
  if (asked === 'pasta') return pasta(ctx, []);
  const program = slirpProgram(ctx);
  if (asked === 'slirp4netns' || program !== undefined) return slirp(ctx, {}, program);
  return pasta(ctx, [], { package: 'slirp4netns', what: 'slirp4netns or pasta' });
}

function slirp(ctx: Context, options: NetworkOptions, program = slirpProgram(ctx)): NetworkHelper {
  if (program === undefined) missing('slirp4netns', 'slirp4netns');
  const defaults = ctx.defaults?.slirpOptions ?? [];
  const all = defaults.length === 0 ? options : { ...parseSlirpOptions(defaults.join(',')), ...options };
  return { name: 'slirp4netns', program, options: all };
}

/** A path of containers.conf is taken as it is: it was checked when the file was read. */
function slirpProgram(ctx: Context): string | undefined {
  return ctx.overrides?.slirpPath ?? ctx.defaults?.slirpPath ?? findProgram(ctx, 'slirp4netns');
}

function pasta(
  ctx: Context,
  args: readonly string[],
  lacking = { package: 'passt', what: 'pasta' },
): NetworkHelper {
  const program = findProgram(ctx, 'pasta') ?? missing(lacking.what, lacking.package);
  return { name: 'pasta', program, args: [...(ctx.defaults?.pastaOptions ?? []), ...args] };
}

function missing(what: string, packageName: string): never {
  throw new TspodError('machine', `the container's network needs ${what}, which is not installed`, {
    hint: `install it (sudo apt install ${packageName}), or run with --network none or --network host`,
  });
}
