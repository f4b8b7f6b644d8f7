import { existsSync } from 'node:fs';

/** The tar archive of a Debian root file system that scripts/fixtures.sh made; undefined when there is none. */
export function debianTar(): string | undefined {
  const machine = process.arch === 'x64' ? 'x86_64' : process.arch === 'arm64' ? 'aarch64' : process.arch;
  const path = process.env['TSPOD_DEBIAN_TAR'] ?? `/var/cache/tspod-test/debian-trixie-${machine}.tar`;
  return existsSync(path) ? path : undefined;
}
