import type { EngineEvent, EventDefaults, EventLogger } from './engine-event';
import type { SubordinateIds } from './id-mapping';

/** Where everything is kept. All paths are absolute. */
export interface Paths {
  /** The store: images, containers, volumes. */
  root: string;
  /** Sockets and network state; may vanish at any time. */
  runRoot: string;
  /** What may be deleted at any time. */
  cache: string;
  /** The native helper. */
  helper: string;
  /** The embedded image, an OCI archive; may be missing. */
  embeddedImage: string;
}

/** How much is said on standard error; each level includes those before it. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** Global options of the command line that a verb has to honour. */
export interface Overrides {
  /** Files that are read after those of containers.conf, in containers.conf.modules. */
  modules?: string[];
  /** Full path of slirp4netns. */
  slirpPath?: string;
  /** `--runtime`: name or path of an OCI runtime. */
  runtime?: string;
  /** `--cgroup-manager`. */
  cgroupManager?: 'cgroupfs' | 'systemd';
  /** `--events-backend`. */
  eventsBackend?: EventLogger;
  /** `--registries-conf`: instead of the main registries.conf. */
  registriesConf?: string;
  /** `--hooks-dir`. */
  hooksDirs?: string[];
}

/** What containers.conf says of images on their way; the command line stands above it. */
export interface TransferDefaults {
  /** How often to try again. */
  retry?: number;
  /** Milliseconds. */
  retryDelay?: number;
  pullPolicy?: 'always' | 'missing' | 'newer' | 'never';
  compression?: { format?: 'gzip' | 'zstd'; level?: number };
  /** Further forms of the images that `manifest push` pushes. */
  addCompression?: ('gzip' | 'zstd')[];
  /** Blobs on their way at the same time. */
  atOnce?: number;
  /** `save` takes all arguments as images. */
  multiImageArchive?: boolean;
}

/** What containers.conf says of the engine itself; the command line stands above it. */
export interface EngineDefaults {
  runtime?: string;
  /** Paths of OCI runtimes by name, in the order in which they are looked for. */
  runtimes?: Readonly<Record<string, readonly string[]>>;
  transfer?: TransferDefaults;
  /** Driver of new secrets, and its options. */
  secrets?: { driver?: string; options?: Readonly<Record<string, string>> };
  cgroupManager?: 'cgroupfs' | 'systemd';
  detachKeys?: string;
  /** What connects a user's container by default. */
  networkHelper?: 'slirp4netns' | 'pasta';
  /** Full path. */
  slirpPath?: string;
  /** As after `--network slirp4netns:`. */
  slirpOptions?: string[];
  /** Arguments before those of `--network pasta:`. */
  pastaOptions?: string[];
  /** The name of the network that `--network bridge` means. */
  defaultNetwork?: string;
  /** Its addresses. */
  defaultSubnet?: string;
  /** Where new networks have theirs from: networks of 24 bits and the like in the order in which they are tried. */
  subnetPools?: readonly { base: string; size: number }[];
  /** Full path of the directory of the records of networks. */
  networksFolder?: string;
  /** Addresses of the host at which ports are published that name none. */
  publishAt?: readonly string[];
  /** The address that containers are told to be the host's; empty: none. */
  hostAddress?: string;
  /** New containers without a host name have their own name for it. */
  nameAsHostname?: boolean;
  /** Full path of a directory: logs of new containers are in directories of their ids below it. */
  logFolder?: string;
  events?: EventDefaults;
  /** Full paths of folders that are searched for programs before PATH. */
  programFolders?: string[];
  /** Directories of OCI hooks. */
  hooksDirs?: string[];
  /** Directories of specifications of the Container Device Interface. */
  cdiDirs?: string[];
}

/** What a verb knows of its caller: passed down as its first argument, never kept in a module. */
export interface Context {
  /** The real user id, also inside the common user namespace. */
  uid: number;
  gid: number;
  user: string;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  paths: Paths;
  /** What subordinateIds() has read. */
  subordinateIds?: SubordinateIds;
  /** Whether this process is inside the common user namespace already, or is root. */
  hasIds: boolean;
  /** Global options that stand above the configuration files; absent when none was given. */
  overrides?: Overrides;
  /** Set by the commands that read containers.conf, where there is one. */
  defaults?: EngineDefaults;
  /** What has happened and is not written down yet; without it nothing is kept. */
  pendingEvents?: EngineEvent[];
  /** Writes that down now, instead of at the end of the command. */
  flushEvents?(): Promise<void>;
  /** Says something on standard error, when the log level lets it through. */
  log(level: LogLevel, message: string): void;
}
