import type { Context } from '../../../lib/context';
import { ok, type Finding } from '../../machine-report/finding';
import { bridgeHelper, hostOf } from '../bridge-wish';
import { mtuOf } from './facts';
import { answerAll, askPort } from './small-server';
import type { OwnEngine } from './own-engine';

const CONTAINER = 'doctor';
const SECONDS = '5';
/** So many full packets are sent. */
const PACKETS = 8;
const FIREWALL = 'look whether a firewall of the host keeps it from itself: sudo nft list ruleset';

/** The container's own name, at the resolver of its network. */
export async function tryName(engine: OwnEngine): Promise<Finding> {
  const { code, stdout, stderr } = await engine.run('exec', CONTAINER, 'nslookup', CONTAINER);
  if (code === 0) return ok(`found: ${/Name:.*\nAddress: (\S+)/.exec(stdout)?.[1] ?? 'at the gateway'}`);
  return {
    level: 'fail',
    detail: `not found: ${lastLine(stdout + stderr)}`,
    cure: 'report it, with what "tspod info" prints',
  };
}

/** A name that no server has (RFC 6761): that it does not exist is an answer. */
export async function tryLookup(engine: OwnEngine): Promise<Finding> {
  const { stdout, stderr } = await engine.run('exec', CONTAINER, 'nslookup', 'doctor.invalid');
  const said = stdout + stderr;
  if (/NXDOMAIN|Name:/.test(said)) return ok('the name servers of the host answer');
  return {
    level: 'warn',
    detail: `the name servers of the host do not answer: ${lastLine(said)}`,
    cure: 'correct the name servers in /etc/resolv.conf, or run with --dns ADDRESS',
  };
}

/** From the container to a server of the host, through the helper. */
export async function tryWayOut(ctx: Context, engine: OwnEngine): Promise<Finding> {
  const helper = bridgeHelper(ctx);
  const host = hostOf(ctx, helper);
  if (host === undefined) return unknownHost(helper.name);
  const server = await answerAll();
  const url = `http://${host}:${server.port}/`;
  const { stdout, stderr } = await engine
    .run('exec', CONTAINER, 'timeout', SECONDS, 'wget', '-qO-', url)
    .finally(() => server.close());
  if (stdout.includes('works')) return ok(`the host is reached at ${host} through ${helper.name}`);
  return {
    level: 'fail',
    detail: `${host} is not reached through ${helper.name}: ${lastLine(stderr)}`,
    cure: FIREWALL,
  };
}

/** The MTU of the container's interface, and more than fits into one packet of that size, from the host. */
export async function tryPackets(ctx: Context, engine: OwnEngine): Promise<Finding> {
  const helper = bridgeHelper(ctx);
  const wanted = mtuOf(helper);
  const { stdout } = await engine.run('exec', CONTAINER, 'cat', '/sys/class/net/eth0/mtu');
  const cure = 'give the network an MTU that passes: network create --opt mtu=1500';
  if (stdout.trim() !== wanted)
    return {
      level: 'fail',
      detail: `the container has ${stdout.trim() || 'no MTU'} and not ${wanted}`,
      cure,
    };
  const host = hostOf(ctx, helper);
  if (host === undefined) return unknownHost(helper.name);
  const size = PACKETS * Number(wanted);
  const server = await answerAll(size);
  const script = `timeout ${SECONDS} wget -qO- http://${host}:${server.port}/ | wc -c`;
  const got = await engine.run('exec', CONTAINER, 'sh', '-c', script).finally(() => server.close());
  if (Number(got.stdout) > size) return ok(`${size} bytes in packets of up to ${wanted} pass`);
  return { level: 'fail', detail: `of ${size} bytes ${Number(got.stdout)} came in ${SECONDS} s`, cure };
}

function unknownHost(helper: string): Finding {
  if (helper === 'pasta')
    return {
      level: 'warn',
      detail: 'not tried: this pasta has no address for the host',
      cure: 'install passt of August 2024 or later, or slirp4netns',
    };
  return {
    level: 'warn',
    detail: 'not tried: the host has no address but the loopback',
    cure: 'connect the host to a network: ip address',
  };
}

/** From the host to the container, through the published port. */
export async function tryPort(engine: OwnEngine): Promise<Finding> {
  const { stdout } = await engine.run('port', CONTAINER, '80');
  const port = Number(/:(\d+)\s*$/.exec(stdout)?.[1]);
  const answer = await askPort(port);
  if (answer?.includes('works')) return ok(`127.0.0.1:${port} reaches the container`);
  return { level: 'fail', detail: `127.0.0.1:${port} does not answer`, cure: FIREWALL };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'no answer';
}
