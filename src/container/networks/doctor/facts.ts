import { readFileSync } from 'node:fs';
import type { Context } from '../../../lib/context';
import { runToEnd } from '../../../sys/run-to-end';
import type { NetworkHelper } from '../../../network/network-plan';
import { failure, ok, sysctl, type Check, type Finding } from '../../machine-report/finding';
import { bridgeHelper, hostResolvers } from '../bridge-wish';

/** The largest packet that both helpers take, and the bridges with them. */
const USUAL_MTU = '65520';

/** What networks consist of on this machine; nothing is started but the helper, for its version. */
export function networkFacts(ctx: Context): Check[] {
  return FACTS.map(({ name, find }) => {
    try {
      return { name, ...find(ctx) };
    } catch (error) {
      return { name, ...failure(error) };
    }
  });
}

const FACTS: readonly { name: string; find: (ctx: Context) => Finding }[] = [
  { name: 'driver', find: () => ok("bridge, in a network namespace of the user's own (netd)") },
  { name: 'helper', find: findHelper },
  { name: 'MTU', find: (ctx) => ok(mtuOf(bridgeHelper(ctx))) },
  { name: 'port forwarder', find: findForwarder },
  { name: 'resolver', find: findResolver },
];

function findHelper(ctx: Context): Finding {
  const { name, program } = bridgeHelper(ctx);
  const { stdout, status } = runToEnd(program, [program, '--version'], { env: ctx.env, capture: true });
  const version = stdout.toString().split('\n')[0]?.trim() || 'of an unknown version';
  if (status === 0) return ok(version.startsWith(name) ? `${program}: ${version}` : `${name}: ${program}`);
  return {
    level: 'fail',
    detail: `${program} does not run`,
    cure: `sudo apt install --reinstall ${name === 'pasta' ? 'passt' : name}`,
  };
}

/** The MTU of what comes out of networks. */
export function mtuOf(helper: NetworkHelper): string {
  if (helper.name === 'slirp4netns') return helper.options['mtu'] ?? USUAL_MTU;
  const { args } = helper;
  const at = args.findLastIndex((word) => word === '-m' || word.startsWith('--mtu'));
  return at < 0 ? USUAL_MTU : (args[at]?.split('=')[1] ?? args[at + 1] ?? USUAL_MTU);
}

function findForwarder(): Finding {
  const first = Number(sysctl('net/ipv4/ip_unprivileged_port_start') ?? 1024);
  return ok(`netd, clients keep their addresses; ports from ${first} on`);
}

function findResolver(): Finding {
  const servers = hostResolvers();
  if (servers.length > 0) return ok(`netd, which asks ${servers.join(' ')} for other names`);
  return {
    level: 'warn',
    detail: `netd, for names of containers only: ${hasFile('/etc/resolv.conf') ? 'no name server in' : 'there is no'} /etc/resolv.conf`,
    cure: 'write "nameserver ADDRESS" to /etc/resolv.conf, or run with --dns ADDRESS',
  };
}

function hasFile(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
