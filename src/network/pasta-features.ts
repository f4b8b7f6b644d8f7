import { readFileSync } from 'node:fs';

/**
 * Whether this pasta can be told an address for the host, `--map-guest-addr` (since 2024_08_21). The program's text is
 * searched for the option: asking it for its help takes ten times as long.
 */
export function canMapGuestAddress(program: string): boolean {
  try {
    return readFileSync(program).includes('map-guest-addr');
  } catch {
    return false;
  }
}
