import { TspodError } from '../lib/errors';
import { parseAddress, formatAddress } from './address-range';
import { checkInterfaceName } from './record/interface-name';
import type { NetworkAsk } from './types';

/** The words after the colon of `--network NAME:...`. */
const OPTIONS: Readonly<Record<string, (ask: NetworkAsk, value: string) => void>> = {
  ip: (ask, value) => addAddress(ask, parseIp(value)),
  ip6: (ask, value) => addAddress(ask, parseIp(value)),
  mac: (ask, value) => {
    ask.mac = parseMac(value);
  },
  alias: (ask, value) => {
    if (value === '') throw new TspodError('usage', 'alias is empty');
    ask.aliases.push(value);
  },
  interface_name: (ask, value) => {
    checkInterfaceName(value);
    ask.interface = value;
  },
};

/** Parses what was asked of one network. Throws 'usage' that names the network and the option. */
export function parseNetworkAsk(name: string, options: string | undefined): NetworkAsk {
  const ask: NetworkAsk = { name, aliases: [], addresses: [] };
  for (const text of (options ?? '').split(',').filter((each) => each !== '')) {
    const equals = text.indexOf('=');
    const key = equals < 0 ? text : text.slice(0, equals);
    const parse = Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined;
    if (parse === undefined || equals < 0) throw wrong(name, `unknown option "${text}"`, KNOWN);
    try {
      parse(ask, text.slice(equals + 1));
    } catch (error) {
      throw wrong(name, (error as Error).message);
    }
  }
  return ask;
}

const KNOWN = `the options are ${Object.keys(OPTIONS).join(', ')}, as KEY=VALUE`;

/** An IP address in its usual form. Throws 'usage'. */
export function parseIp(text: string): string {
  const address = parseAddress(text);
  if (address) return formatAddress(address);
  throw new TspodError('usage', `invalid ip address "${text}"`);
}

/** Six bytes in lower case, joined by colons. Throws 'usage' for malformed ones and those of groups. */
export function parseMac(text: string): string {
  const bytes = /^[0-9a-fA-F]{2}([:-])[0-9a-fA-F]{2}(\1[0-9a-fA-F]{2}){4}$/.test(text)
    ? text.toLowerCase().split(/[:-]/)
    : undefined;
  if (bytes === undefined) throw new TspodError('usage', `address ${text}: invalid MAC address`);
  if ((parseInt(bytes[0] ?? '', 16) & 1) === 1)
    throw new TspodError('usage', `address ${text}: a MAC address of a group cannot be one's own`, {
      hint: 'its first byte is even: 02:...',
    });
  return bytes.join(':');
}

/** Adds a static address; there may be one of each family. Throws 'usage'. */
export function addAddress(ask: NetworkAsk, address: string): void {
  const isSix = address.includes(':');
  const other = ask.addresses.find((each) => each.includes(':') === isSix && each !== address);
  if (other !== undefined)
    throw new TspodError('usage', `two addresses of one family: ${other} and ${address}`);
  if (!ask.addresses.includes(address)) ask.addresses.push(address);
}

function wrong(name: string, message: string, hint?: string): TspodError {
  return new TspodError('usage', `invalid option for network ${name}: ${message}`, hint ? { hint } : {});
}
