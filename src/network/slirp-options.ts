import { TspodError } from '../lib/errors';
import { isIPv4, isIPv4Cidr, isIPv6 } from './ip-address';
import type { NetworkOptions } from './types';

/** What a value must be like; interfaces are looked up by slirp4netns itself. */
const CHECKS: Record<string, (value: string) => boolean> = {
  allow_host_loopback: isBoolean,
  enable_ipv6: isBoolean,
  mtu: (value) => /^\d+$/.test(value) && Number(value) >= 68 && Number(value) <= 65521,
  cidr: isIPv4Cidr,
  outbound_addr: (value) => isIPv4(value) || isInterface(value),
  outbound_addr6: (value) => isIPv6(value) || isInterface(value),
  port_handler: (value) => value === 'slirp4netns' || value === 'rootlessport',
};

/** Parses what follows `slirp4netns:`, `key=value,...`, with the keys that Podman has. Throws 'usage'. */
export function parseSlirpOptions(text: string): NetworkOptions {
  const options: NetworkOptions = {};
  for (const word of text === '' ? [] : text.split(',')) {
    const equals = word.indexOf('=');
    const key = word.slice(0, Math.max(equals, 0));
    const check = Object.hasOwn(CHECKS, key) ? CHECKS[key] : undefined;
    if (check === undefined) throw unknownOption(word);
    const value = word.slice(equals + 1);
    if (!check(value)) throw new TspodError('usage', `invalid value of ${key} for slirp4netns: "${value}"`);
    options[key] = value;
  }
  return options;
}

function unknownOption(word: string): TspodError {
  return new TspodError('usage', `unknown option for slirp4netns: "${word}"`, {
    hint: `the options are ${Object.keys(CHECKS).join(', ')}`,
  });
}

function isBoolean(value: string): boolean {
  return value === 'true' || value === 'false';
}

/** Whether `value` could name an interface: 1 to 15 bytes without a slash or white space. */
function isInterface(value: string): boolean {
  return /^[^\s/:]{1,15}$/.test(value) && !/^[\d.]+$/.test(value);
}
