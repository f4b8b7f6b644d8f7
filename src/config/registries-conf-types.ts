/** When a mirror may be asked: containers-registries.conf(5), `pull-from-mirror`. */
export type MirrorUse = 'all' | 'digest-only' | 'tag-only';

/** What to do with a short name that could be of several registries: containers-registries.conf(5), `short-name-mode`. */
export type ShortNameMode = 'enforcing' | 'permissive' | 'disabled';

/** All of them. */
export const SHORT_NAME_MODES: readonly ShortNameMode[] = ['enforcing', 'permissive', 'disabled'];

/** One `[[registry.mirror]]`. */
export interface RegistryMirror {
  /** `host[:port][/path]` that stands for the registry's prefix. */
  location: string;
  /** Whether plain HTTP and certificates that nobody vouches for are accepted. */
  insecure: boolean;
  use: MirrorUse;
}

/** One `[[registry]]`. */
export interface RegistryEntry {
  /** What the names of its images begin with; `*.example.com` for all hosts below a domain. */
  prefix: string;
  /** What stands for the prefix on the wire; empty of a `*.` prefix: names stay as they are. */
  location: string;
  insecure: boolean;
  blocked: boolean;
  mirrors: RegistryMirror[];
  /** The file that says so. */
  origin: string;
}

/** A short name's full name. */
export interface ShortNameAlias {
  /** Registry and repository; empty where a file takes back what an earlier one says. */
  value: string;
  /** The file that says so. */
  origin: string;
}

/** What the files of containers-registries.conf(5) say together. */
export interface RegistriesConf {
  /** `unqualified-search-registries`. */
  searchRegistries: string[];
  /** The file that named them; undefined where no file was found. */
  searchOrigin: string | undefined;
  shortNameMode: ShortNameMode;
  /** By short name. */
  aliases: Map<string, ShortNameAlias>;
  /** One for each prefix. */
  registries: RegistryEntry[];
  /** `containers-auth.json` stands for the files of containers-auth.json(5). */
  credentialHelpers: string[];
  /** The files that were read, in order. */
  files: string[];
}

/** What one file says; what is absent is left as it was. */
export interface RegistriesConfFile {
  path: string;
  searchRegistries?: string[];
  shortNameMode?: ShortNameMode;
  credentialHelpers?: string[];
  aliases: Map<string, ShortNameAlias>;
  registries: RegistryEntry[];
}

/** The name that stands for the files of containers-auth.json(5) among the credential helpers. */
export const AUTH_FILES_HELPER = 'containers-auth.json';
