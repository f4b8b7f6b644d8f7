import { canMapGuestAddress } from './pasta-features';
import type { PortMapping } from './types';

interface Pasta {
  program: string;
  args: readonly string[];
}

/** pasta's name server and its address for the host, as Podman chose them: link-local, so that they are free. */
const PASTA_FORWARDER = '169.254.1.1';
const PASTA_HOST = '169.254.1.2';

/**
 * The command line of pasta(1), as Podman calls it: only published ports are forwarded, the host's loopback stays
 * out of reach. The user's own arguments come first, and where they speak of the same thing they win.
 *
 * In the foreground it ends with the monitor; its pid file, a FIFO here, is written once the network is up.
 */
export function pastaArguments({ program, args }: Pasta, ports: readonly PortMapping[]): string[] {
  const argv = [program, '--foreground', '--config-net', ...args];
  for (const protocol of ['tcp', 'udp'] as const) {
    const flag = protocol === 'tcp' ? '-t' : '-u';
    const published = ports.filter((port) => port.protocol === protocol);
    for (const port of published) argv.push(flag, portText(port));
    if (published.length === 0 && !has(args, flag, `--${protocol}-ports`)) argv.push(flag, 'none');
  }
  if (!has(args, '-T', '--tcp-ns')) argv.push('-T', 'none');
  if (!has(args, '-U', '--udp-ns')) argv.push('-U', 'none');
  if (valueOf(args, '--dns-forward') === undefined) argv.push('--dns-forward', PASTA_FORWARDER);
  if (!args.includes('--map-gw')) argv.push('--no-map-gw');
  if (valueOf(args, '--map-guest-addr') === undefined && canMapGuestAddress(program))
    argv.push('--map-guest-addr', PASTA_HOST);
  const own = argv.filter((argument) => argument !== '--map-gw');
  return [...own, '--quiet', '--pid', '{ready_path}', '--netns', '{netns}'];
}

/** The address at which the host is reached: the user's own, else PASTA_HOST where this pasta knows how; or undefined. */
export function pastaHost({ program, args }: Pasta): string | undefined {
  return valueOf(args, '--map-guest-addr') ?? (canMapGuestAddress(program) ? PASTA_HOST : undefined);
}

/** The name server inside: the user's own or PASTA_FORWARDER. */
export function pastaForwarder(args: readonly string[]): string {
  return valueOf(args, '--dns-forward') ?? PASTA_FORWARDER;
}

function valueOf(args: readonly string[], option: string): string | undefined {
  // of repeated options the last one counts: those of containers.conf come first
  const at = args.findLastIndex((argument) => argument === option || argument.startsWith(`${option}=`));
  return at < 0 ? undefined : (args[at]?.split('=')[1] ?? args[at + 1]);
}

function has(args: readonly string[], short: string, long: string): boolean {
  return args.some((argument) => argument === short || argument === long || argument.startsWith(`${long}=`));
}

/** `address/first-last:first-last`, pasta's way to write a forwarded range. */
function portText({ hostIp, hostPort, containerPort, range }: PortMapping): string {
  const address = hostIp === '' ? '' : `${hostIp}/`;
  return `${address}${rangeText(hostPort, range)}:${rangeText(containerPort, range)}`;
}

function rangeText(first: number, range: number): string {
  return range > 1 ? `${first}-${first + range - 1}` : String(first);
}
