import type { SourceRange } from './types';

/** `--mount` of `RUN`, expanded. Targets are relative to the working directory. */
export type RunMount = BindMount | CacheMount | TmpfsMount | SecretMount | SshMount;

/** What every mount has. */
interface MountBase {
  at: SourceRange;
}

/** A mount of a part of the context, a stage or an image. */
export interface BindMount extends MountBase {
  type: 'bind';
  target: string;
  /** Below `from`; absent: all of it. */
  source?: string;
  /** A stage, a build context or an image; absent: the context. */
  from?: string;
  /** What is written is forgotten. */
  readWrite: boolean;
}

/** A directory that outlives the build. */
export interface CacheMount extends MountBase {
  type: 'cache';
  /** Absent: the cleaned target. */
  id?: string;
  target: string;
  source?: string;
  /** What it has at first. */
  from?: string;
  readOnly: boolean;
  sharing: 'shared' | 'private' | 'locked';
  /** Permission bits of a new directory; 0755 by default. */
  mode?: number;
  uid?: number;
  gid?: number;
}

/** A file system in memory. */
export interface TmpfsMount extends MountBase {
  type: 'tmpfs';
  target: string;
  /** Bytes. */
  size?: number;
}

/** A secret, as a file or in the environment. */
export interface SecretMount extends MountBase {
  type: 'secret';
  /** By default the last part of the target. */
  id: string;
  /** Absent with `env` when none was given: no file. Default: /run/secrets/ID. */
  target?: string;
  /** The variable that holds it. */
  env?: string;
  /** Whether the build fails without it. */
  required: boolean;
  /** 0400 by default. */
  mode?: number;
  uid?: number;
  gid?: number;
}

/** The socket of an agent. */
export interface SshMount extends MountBase {
  type: 'ssh';
  /** `default` by default. */
  id: string;
  /** Absent: the engine chooses. SSH_AUTH_SOCK names it. */
  target?: string;
  required: boolean;
  /** 0600 by default. */
  mode?: number;
  uid?: number;
  gid?: number;
}
