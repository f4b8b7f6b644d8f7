import type { ContainerOptions } from '../container/record';
import type { Platform } from '../image/format/platform';
import type { PullPolicy } from '../image/pull/pull-request';
import type { ImageReference } from '../image/name/reference';
import type { RegistryOptions } from '../image/registry/types';
import type { BuildReport } from './events';
import type { Containerfile } from './language/types';

/** Whether a path of a context is left out; made of the ignore file's rules. */
export interface IgnoreFilter {
  /** True when there are no rules at all: every path is in the context. */
  isEmpty: boolean;
  /** Whether a path, relative to the context and without `./`, is left out. */
  ignores(path: string): boolean;
  /** Whether everything below an ignored directory is ignored too, so that it need not be read. */
  ignoresAllBelow(path: string): boolean;
}

/** A directory whose files `COPY` and `ADD` may read. */
export interface DirectoryContext {
  kind: 'directory';
  /** Full, real path. */
  path: string;
  ignore: IgnoreFilter;
}

/** What a name of `--build-context` stands for; stands above stages and images of that name. */
export type NamedContext = DirectoryContext | { kind: 'image'; reference: string };

/** A secret that `--mount=type=secret` may ask for by `id`. */
export type BuildSecret = { id: string } & (
  { kind: 'file'; path: string } | { kind: 'env'; variable: string; value: string }
);

/** An agent that `--mount=type=ssh` may ask for by `id`: a socket, or keys for an agent of this build. */
export type BuildAgent = { id: string } & (
  { kind: 'socket'; path: string } | { kind: 'keys'; paths: string[] }
);

/** Where the result goes besides, or instead of, the store. */
export type BuildOutput =
  | { kind: 'local'; path: string }
  /** `-`: standard output. */
  | { kind: 'tar'; path: string }
  /** The image, for other engines: an archive, or an OCI layout in a directory; `name` instead of the tags. */
  | { kind: 'oci' | 'docker'; path: string; name?: string; isDirectory: boolean };

/** How containers of `RUN` are made: the same values as those of `run`. */
export type RunSettings = Pick<
  ContainerOptions,
  | 'addHost'
  | 'noHosts'
  | 'dns'
  | 'dnsSearch'
  | 'dnsOptions'
  | 'network'
  | 'namespaces'
  | 'userns'
  | 'groupAdd'
  | 'capAdd'
  | 'capDrop'
  | 'security'
  | 'devices'
  | 'ulimits'
  | 'limits'
  | 'shmSize'
  | 'mounts'
> &
  Partial<Pick<ContainerOptions, 'noHostname' | 'cgroupParent'>> & {
    isolation: 'oci' | 'chroot';
    /** `--stdin`: programs read the standard input of `build`. */
    stdin: boolean;
    /** Values for the predefined arguments of proxies, which programs get; not part of the image or the cache's keys. */
    proxies: Record<string, string>;
    hooksDirs: string[];
  };

/** Which earlier results may stand for a step, and what is kept of this build. */
export interface CacheSettings {
  /** False: `--no-cache`. */
  use: boolean;
  /** False: `--layers=false`: one layer on the base, no step is kept. */
  layers: boolean;
  /** Repositories, without tag or digest, that are asked for a step. */
  from: ImageReference[];
  /** Repositories that get every step. */
  to: ImageReference[];
  /** Milliseconds; older results are not taken. Absent: of any age. */
  ttl?: number;
}

/** What is changed in the configuration of the image at the end. */
export interface ImageChanges {
  labels: Record<string, string>;
  /** Of the layers between. */
  layerLabels: Record<string, string>;
  annotations: Record<string, string>;
  env: Record<string, string>;
  unsetEnv: string[];
  unsetLabels: string[];
  /** Whether `io.tspod.version` is set. */
  identityLabel: boolean;
  osVersion?: string;
  osFeatures: string[];
  omitHistory: boolean;
  format: 'oci' | 'docker';
  squash: 'none' | 'new' | 'all';
}

/** Times in the image. Seconds since 1970. */
export interface TimeSettings {
  /** Of the image and its history; absent: now. */
  created?: number;
  /** No file of a new layer is younger than this. */
  clampFiles?: number;
  /** Every file of a new layer has this time (`--timestamp`). */
  setFiles?: number;
}

/** All that `build` was asked, parsed. */
export interface BuildRequest {
  containerfile: Containerfile;
  /** Absent: none was given; a `COPY` that needs it is an error. */
  context?: DirectoryContext;
  namedContexts: ReadonlyMap<string, NamedContext>;
  /** Full names. */
  tags: string[];
  /** The name of a list that gets the image. */
  manifestList?: string;
  /** Instead of the image of the first `FROM`. */
  from?: string;
  /** A stage's name or number; absent: the last. */
  target?: string;
  /** False: every stage is built. */
  skipUnusedStages: boolean;
  buildArgs: ReadonlyMap<string, string>;
  /** One build each; empty: this machine's. */
  platforms: Platform[];
  /** Every platform of the base images. */
  allPlatforms: boolean;
  jobs: number;
  pull: PullPolicy;
  registry: RegistryOptions;
  cache: CacheSettings;
  run: RunSettings;
  changes: ImageChanges;
  times: TimeSettings;
  secrets: BuildSecret[];
  agents: BuildAgent[];
  outputs: BuildOutput[];
  /** The content of VOLUMEs survives RUN; always so here, as with BuildKit. */
  compatVolumes: boolean;
  report: BuildReport;
}

/** What a build has come to. */
export interface BuildResult {
  /** 64 hexadecimal digits; with several platforms those of the list. Absent: the result went to an output only. */
  imageId?: string;
  /** `sha256:...` of the manifest or list. */
  digest?: string;
  /** Full names. */
  names: string[];
}
