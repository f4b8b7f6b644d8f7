import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { PLAN } from '../runtime/protocol';
import { findProgram } from '../sys/programs';
import { pastaArguments } from './pasta';
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
  if (helper.name === 'pasta') {
    return { argv: pastaArguments(helper, ports), flags: PLAN.NET_READY_FD, requests: [] };
  }
  const hasPorts = ports.length > 0;
  return {
    argv: slirpArguments(helper, hasPorts),
    flags: PLAN.NET_READY_FD | (hasPorts ? PLAN.NET_API : 0),
    requests: slirpRequests(ports, helper.options['cidr']),
  };
}

/** Which helper carries a mode: slirp4netns by default, pasta where that is absent. */
export function networkHelper(ctx: Context, mode: NetworkMode): NetworkHelper | undefined {
  if (mode.kind === 'slirp4netns') {
    return { name: 'slirp4netns', program: need(ctx, 'slirp4netns', 'slirp4netns'), options: mode.options };
  }
  if (mode.kind === 'pasta') return { name: 'pasta', program: need(ctx, 'pasta', 'passt'), args: mode.args };
  if (mode.kind !== 'private') return undefined;
  const slirp = findProgram(ctx, 'slirp4netns');
  if (slirp !== undefined) return { name: 'slirp4netns', program: slirp, options: {} };
  return { name: 'pasta', program: need(ctx, 'pasta', 'slirp4netns', 'slirp4netns or pasta'), args: [] };
}

function need(ctx: Context, name: string, packageName: string, what = name): string {
  const program = findProgram(ctx, name);
  if (program !== undefined) return program;
  throw new TspodError('machine', `the container's network needs ${what}, which is not installed`, {
    hint: `install it (sudo apt install ${packageName}), or run with --network none or --network host`,
  });
}
