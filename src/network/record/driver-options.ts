import { parseBoolean } from './parse-boolean';
import { TspodError } from '../../lib/errors';

type Parser = (value: string) => string;

/** What may be said of a bridge with `--opt`, and the value that is kept. */
const BRIDGE: Readonly<Record<string, Parser>> = {
  mtu: (value) => {
    const mtu = integer('mtu', value);
    // the least that IPv4 needs, and the most that a packet can have
    if (mtu === 0 || (mtu >= 68 && mtu <= 65535)) return String(mtu);
    throw usage(`mtu ${value} is not between 68 and 65535`);
  },
  metric: (value) => {
    const metric = integer('metric', value);
    if (metric >= 0 && metric < 2 ** 32) return String(metric);
    throw usage(`invalid metric "${value}"`);
  },
  isolate: (value) => {
    if (value === 'strict') return value;
    return String(parseBoolean(value, 'failed to parse isolate option'));
  },
  no_default_route: (value) => String(parseBoolean(value, 'failed to parse no_default_route option')),
  vlan: (value) => {
    const vlan = integer('vlan', value);
    if (vlan < 0 || vlan > 4094) throw usage(`vlan ID ${value} must be between 0 and 4094`);
    if (vlan === 0) return '0';
    throw new TspodError(
      'unsupported',
      `vlan ${value}: a user's bridge has no port to the outside, on which a VLAN could be seen`,
      { hint: 'networks are apart from each other without it' },
    );
  },
};

/** Docker's names. */
const ALIASES: Readonly<Record<string, string>> = { 'com.docker.network.driver.mtu': 'mtu' };

const REFUSED: Readonly<Record<string, string>> = {
  vrf: "a user's bridge lies in a network namespace of its own, which has no other routing domains",
  mode: "only managed bridges are built: a user's bridge lies in a network namespace of its own, where nobody else makes one",
};

/** What `--opt` says of a bridge, checked. Throws 'usage' in Podman's words, 'unsupported' for what cannot be done. */
export function parseDriverOptions(texts: readonly string[]): {
  options: Record<string, string>;
  /** `com.docker.network.bridge.name`. */
  interfaceName?: string;
} {
  const options: Record<string, string> = {};
  let interfaceName: string | undefined;
  for (const text of texts) {
    const equals = text.indexOf('=');
    const given = equals < 0 ? text : text.slice(0, equals);
    const value = equals < 0 ? '' : text.slice(equals + 1);
    if (given === 'com.docker.network.bridge.name') {
      interfaceName = value;
      continue;
    }
    const key = (Object.hasOwn(ALIASES, given) ? ALIASES[given] : undefined) ?? given;
    options[key] = parseOption(key, value);
  }
  return { options, ...(interfaceName === undefined ? {} : { interfaceName }) };
}

function parseOption(key: string, value: string): string {
  if (key === 'mode' && value === 'managed') return value;
  const reason = Object.hasOwn(REFUSED, key) ? REFUSED[key] : undefined;
  if (reason !== undefined)
    throw new TspodError('unsupported', `the bridge network option ${key} is not supported: ${reason}`);
  const parse = Object.hasOwn(BRIDGE, key) ? BRIDGE[key] : undefined;
  if (parse) return parse(value);
  throw new TspodError('usage', `unsupported bridge network option ${key}`, {
    hint: `the options are ${Object.keys(BRIDGE).join(', ')}, as KEY=VALUE`,
  });
}

function integer(key: string, value: string): number {
  if (/^[+-]?\d{1,10}$/.test(value)) return Number(value);
  throw usage(`the option ${key} is a number, not "${value}"`);
}

function usage(message: string): TspodError {
  return new TspodError('usage', message);
}
