import type { PortMapping } from './types';

/**
 * The command line of pasta(1), as Podman calls it: only published ports are forwarded, the host's loopback stays
 * out of reach. The user's own arguments come first, and where they speak of the same thing they win.
 */
export function pastaArguments(
  { program, args }: { program: string; args: readonly string[] },
  ports: readonly PortMapping[],
): string[] {
  const argv = [program, '--config-net', ...args];
  for (const protocol of ['tcp', 'udp'] as const) {
    const flag = protocol === 'tcp' ? '-t' : '-u';
    const published = ports.filter((port) => port.protocol === protocol);
    for (const port of published) argv.push(flag, portText(port));
    if (published.length === 0 && !has(args, flag, `--${protocol}-ports`)) argv.push(flag, 'none');
  }
  if (!has(args, '-T', '--tcp-ns')) argv.push('-T', 'none');
  if (!has(args, '-U', '--udp-ns')) argv.push('-U', 'none');
  if (!has(args, '-D', '--dns-forward') && !args.includes('--dns-forward'))
    argv.push('--dns-forward', '169.254.1.1');
  if (!args.includes('--map-gw')) argv.push('--no-map-gw');
  return [...argv.filter((argument) => argument !== '--map-gw'), '--quiet', '--netns', '{netns}'];
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
