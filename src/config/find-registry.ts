import type { RegistriesConf, RegistryEntry } from './registries-conf-types';

/**
 * The `[[registry]]` with the longest prefix that an image name begins with: `host[:port]/path[:tag][@digest]`, or a
 * part of it from the host on; undefined where none fits.
 */
export function findRegistry(conf: RegistriesConf, name: string): RegistryEntry | undefined {
  let best: RegistryEntry | undefined;
  for (const entry of conf.registries) {
    if (matchedLength(name, entry.prefix) < 0) continue;
    if (best === undefined || entry.prefix.length > best.prefix.length) best = entry;
  }
  return best;
}

/** A name below `prefix` as one below `location`; an empty location leaves it as it is. */
export function rewriteName(name: string, prefix: string, location: string): string {
  const length = matchedLength(name, prefix);
  return location === '' || length < 0 ? name : location + name.slice(length);
}

/**
 * How many characters of a name a prefix stands for; -1 where it does not fit. A port may follow a host, so that
 * `example.com` fits `example.com:5000/a` too: so Podman reads it.
 */
export function matchedLength(name: string, prefix: string): number {
  const length = prefix.startsWith('*.')
    ? subdomainLength(name, prefix.slice(1))
    : literalLength(name, prefix);
  return length === name.length || ':/@'.includes(name[length] ?? 'none') ? length : -1;
}

function literalLength(name: string, prefix: string): number {
  return name.startsWith(prefix) ? prefix.length : -1;
}

/** `suffix` is `.example.com`, and has to be found in the host. */
function subdomainLength(name: string, suffix: string): number {
  const at = name.indexOf(suffix);
  return at < 0 || name.slice(0, at).includes('/') ? -1 : at + suffix.length;
}
