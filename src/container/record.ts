/** Types of what is kept of a container. Ids are those seen in the container unless a comment says otherwise. */
import type { IdMapping } from '../lib/id-mapping';
import type { Rate } from '../network/bridge-types';
import type { NetworkMode, PortMapping } from '../network/types';
import type { UserMount } from '../volume/types';
import type { FurtherOptions } from './further/further-options';
import type { HealthOptions } from './create/health-config';

/** A namespace option: `private` is new, `container` joins another's (target: its full id), `path` a file. */
export type NamespaceMode =
  | { kind: 'private' }
  | { kind: 'host' }
  | { kind: 'none' }
  | { kind: 'shareable' }
  | { kind: 'container'; target: string }
  | { kind: 'path'; target: string };

/** How container ids map to those of the common user namespace. */
export type UsernsMode =
  | { kind: 'host' }
  | { kind: 'keep-id'; uid?: number; gid?: number; size?: number }
  | { kind: 'nomap' }
  | { kind: 'auto'; size?: number; uidMappings?: IdMapping[]; gidMappings?: IdMapping[] }
  | { kind: 'maps'; uids: IdMapping[]; gids: IdMapping[] }
  | { kind: 'container'; target: string }
  | { kind: 'path'; target: string };

/** A device as asked with `--device`: host path, container path, `rwm`. */
export interface DeviceMapping {
  hostPath: string;
  containerPath: string;
  permissions: string;
}

export interface Ulimit {
  /** Without RLIMIT_, lower case: `nofile`. `host` copies the caller's. */
  name: string;
  soft: number;
  hard: number;
}

/** Limits in the kernel's units: bytes, microseconds, weights. Absent means no limit was asked for. */
export interface Limits {
  memory?: number;
  /** Memory and swap together, as Docker counts; -1 no limit. */
  memorySwap?: number;
  memoryReservation?: number;
  memorySwappiness?: number;
  /** Microseconds in each `cpuPeriod` microseconds. */
  cpuQuota?: number;
  cpuPeriod?: number;
  cpuShares?: number;
  cpusetCpus?: string;
  cpusetMems?: string;
  /** -1 no limit. */
  pids?: number;
  /** Whether `pids` is only the default, which is dropped where it cannot be applied. */
  pidsIsDefault?: boolean;
  blkioWeight?: number;
  blkioWeightDevice?: { path: string; weight: number }[];
  /** Bytes or operations a second per device. */
  deviceReadBps?: { path: string; rate: number }[];
  deviceWriteBps?: { path: string; rate: number }[];
  deviceReadIops?: { path: string; rate: number }[];
  deviceWriteIops?: { path: string; rate: number }[];
  oomKillDisable?: boolean;
  /** Files of the control group and what is written to them. */
  unified?: Record<string, string>;
}

export type RestartPolicyName = 'no' | 'on-failure' | 'always' | 'unless-stopped';

export interface LogSettings {
  driver: 'k8s-file' | 'json-file' | 'journald' | 'none' | 'passthrough';
  /** Absent: ctr.log in the container's directory. */
  path?: string;
  tag?: string;
  /** Bytes; 0 or absent never rotates. */
  maxSize?: number;
  /** Rotated files kept beside the current one. */
  maxFile?: number;
}

export interface SecurityOptions {
  noNewPrivileges: boolean;
  /** A path, `unconfined`, or absent for the default profile. */
  seccomp?: string;
  apparmor?: string;
  /** As after `label=`. */
  labels: string[];
  mask: string[];
  /** Paths, or `ALL`. */
  unmask: string[];
}

/** A secret of a container; as long as it is only asked for, its id is missing. */
export interface ContainerSecret {
  /** A file, or a variable, for which the owner and the mode mean nothing. */
  type: 'mount' | 'env';
  /** As typed. */
  source: string;
  name?: string;
  id?: string;
  /** A path, relative to /run/secrets, or the name of the variable. Absent: the secret's name. */
  target?: string;
  uid: number;
  gid: number;
  mode: number;
}

/** Everything that was asked of `create` and `run`, parsed; defaults are filled in when the container is made. */
export interface ContainerOptions extends HealthOptions {
  name?: string;
  /** What was typed: image reference, or the directory of `--rootfs`. */
  image: string;
  rootfs?: { directory: string; overlay: boolean };
  /** Arguments after the image. */
  command: string[];
  /** Absent: the image's. An empty list: none. */
  entrypoint?: string[];
  env: Record<string, string>;
  /** Variables that the image's stand above. */
  defaultEnv?: Record<string, string>;
  /** Names whose value comes from the caller's environment were resolved already. `--env-host`. */
  envHost: boolean;
  workdir?: string;
  /** As typed: `name`, `uid`, `user:group`. */
  user?: string;
  groupAdd: string[];
  labels: Record<string, string>;
  annotations: Record<string, string>;
  tty: boolean;
  interactive: boolean;
  init: boolean;
  initPath?: string;
  autoRemove: boolean;
  restart: { policy: RestartPolicyName; maximum: number };
  stopSignal?: string;
  /** Seconds. */
  stopTimeout: number;
  /** Seconds after which the container is killed; 0 never. */
  timeout: number;
  hostname?: string;
  domainname?: string;
  umask: string;
  timezone?: string;
  namespaces: { pid: NamespaceMode; ipc: NamespaceMode; uts: NamespaceMode; cgroup: NamespaceMode };
  network: NetworkMode;
  /** Absent: no limit. */
  networkRate?: Rate;
  userns: UsernsMode;
  ports: PortMapping[];
  publishAll: boolean;
  expose: { port: number; protocol: 'tcp' | 'udp' }[];
  dns: string[];
  dnsSearch: string[];
  dnsOptions: string[];
  /** `name:address` with `host-gateway` still in it. */
  addHost: string[];
  noHosts: boolean;
  /** The base of /etc/hosts: a path, `none` or `image`. Absent: the host's. */
  hostsFile?: string;
  mounts: UserMount[];
  /** How many bytes it may write, and to what: a file system in a file, or memory. Absent: no limit. */
  disk?: { size: number; kind: 'image' | 'tmpfs' | 'quota' };
  readOnly: boolean;
  /** Whether a read-only root gets tmpfs on /tmp, /run, /var/tmp. */
  readOnlyTmpfs: boolean;
  /** Bytes. */
  shmSize: number;
  devices: DeviceMapping[];
  /** What stands in the place of the built-in capabilities of a container. */
  defaultCapabilities?: string[];
  capAdd: string[];
  capDrop: string[];
  security: SecurityOptions;
  privileged: boolean;
  ulimits: Ulimit[];
  sysctls: Record<string, string>;
  limits: Limits;
  /** Absent: a control group of its own where one can be made. */
  cgroups?: 'disabled' | 'no-conmon' | 'split';
  /** A slice, or a path in the hierarchy. */
  cgroupParent?: string;
  log: LogSettings;
  /** `crun`, `runc` or a path; absent: the native helper. */
  runtime?: string;
  pidFile?: string;
  cidFile?: string;
  /** Variables of the image and the defaults that are left out; `unsetEnvAll`: all of them. */
  unsetEnv?: string[];
  unsetEnvAll?: boolean;
  /** What volumes of the image become. Absent: anonymous volumes. */
  imageVolumes?: 'tmpfs' | 'ignore';
  /** Whether the image's /etc/hostname stays as it is. */
  noHostname?: boolean;
  /** False: /etc/passwd and /etc/group are not added to. */
  passwd?: boolean;
  /** The lines that are added, with variables in them. Absent: Podman's. */
  passwdEntry?: string;
  groupEntry?: string;
  /** Absent: the caller's. */
  oomScoreAdj?: number;
  /** Whether systemd runs in it; absent, when it is made: if the program is systemd or init. */
  systemd?: boolean;
  /** Absent: nothing of it. */
  further?: FurtherOptions;
  /** Absent: none. Their data are in the container's directory, not here. */
  secrets?: ContainerSecret[];
  /** As typed; their mounts are among `mounts`. */
  volumesFrom?: string[];
  /** Gets the monitor's pid. */
  monitorPidFile?: string;
}

/** `record.json`: written once by `create`; only `rename` and `update` replace it. */
export interface ContainerRecord {
  version: 1;
  /** 64 hexadecimal digits. */
  id: string;
  name: string;
  /** RFC 3339 with nanoseconds, UTC. */
  created: string;
  /** The image's id and its full name; empty with `--rootfs`. */
  imageId: string;
  imageName: string;
  imageDigest: string;
  /** Layer chain ids (hex, without `sha256:`) from top to bottom; `rmi` keeps what is named here. */
  chainIds: string[];
  /** Read-only layer directories from top to bottom, relative to the store's root. */
  lowers: string[];
  /** With an id map of its own: data-only directories below `lowers`. */
  dataLowers: string[];
  options: ContainerOptions;
  /** What the options and the image's config came to. */
  process: {
    /** Entrypoint and command together. */
    argv: string[];
    /** `NAME=value`, without HOME when the user's entry shall decide. */
    env: string[];
    cwd: string;
    /** As asked by option or image: resolved at each start. */
    user: string;
  };
  entrypoint: string[];
  command: string[];
  labels: Record<string, string>;
  stopSignal: number;
  exposedPorts: { port: number; protocol: 'tcp' | 'udp' }[];
  /** With host ports chosen. */
  ports: PortMapping[];
  hostname: string;
  /** The child user namespace's maps, relative to the common one; absent: none. */
  idMaps?: { uids: IdMapping[]; gids: IdMapping[] };
  /** Anonymous volumes made for it, removed with `--rm` and `rm -v`. */
  anonymousVolumes: string[];
  /** The command line that made it, for `inspect`. */
  createCommand: string[];
  /** Size of the image's layers in bytes, for `ps --size`. */
  imageSize: number;
}
