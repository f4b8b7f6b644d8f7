import { TspodError } from '../../lib/errors';
import type { NetworkRecord } from './network-record';

const PREFIX = 'tspod';

/** The kernel's limit (IFNAMSIZ) without the NUL. */
const LONGEST = 15;

/** Names in the namespace of the bridges that are somebody else's. */
const TAKEN = ['lo', 'tap0', 'all', 'default'];

/** The name of a new network's bridge: what was asked for, else the first free one. Throws 'usage', 'in-use'. */
export function chooseInterface(
  asked: string | undefined,
  networkName: string | undefined,
  others: readonly NetworkRecord[],
): string {
  const used = new Set(others.flatMap(({ network_interface: name }) => name ?? []));
  if (asked === undefined || asked === '') return freeName(used, networkName, others);
  checkInterfaceName(asked);
  if (TAKEN.includes(asked))
    throw new TspodError('usage', `interface name ${asked} is used by something else`);
  const holder = others.find(({ network_interface: name }) => name === asked);
  if (holder === undefined) return asked;
  throw new TspodError('in-use', `bridge name ${asked} already in use: by network "${holder.name}"`);
}

/** Throws 'usage' for a name that no interface can have. */
export function checkInterfaceName(name: string): void {
  const isName = name.length <= LONGEST && name !== '.' && name !== '..' && /^[^\s/:\0]+$/.test(name);
  if (isName) return;
  throw new TspodError('usage', `invalid interface name "${name}"`, {
    hint: `it has up to ${LONGEST} characters, without blanks, slashes and colons`,
  });
}

/** A network without a name gets that of its bridge. */
function freeName(
  used: ReadonlySet<string>,
  networkName: string | undefined,
  others: readonly NetworkRecord[],
): string {
  const names = new Set(others.map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = `${PREFIX}${number}`;
    if (!used.has(name) && (networkName !== undefined || !names.has(name))) return name;
  }
}
