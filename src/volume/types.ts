import type { VolumeSettings } from './volume-options';

/** One mount that a user asked for; image volumes become `volume` ones. */
export type UserMount =
  | {
      kind: 'bind';
      source: string;
      target: string;
      readOnly: boolean;
      recursive: boolean;
      propagation?: string;
      options: string[];
      chown: boolean;
      idmap: boolean;
      relabel?: 'shared' | 'private';
    }
  | {
      kind: 'volume';
      name: string;
      anonymous: boolean;
      target: string;
      readOnly: boolean;
      options: string[];
      noCopy: boolean;
      chown: boolean;
      subpath?: string;
      /** Of `volume-opt`, as typed: `KEY=VALUE` of `volume create`. */
      driverOptions?: string[];
      /** The same, parsed: what it is to be like if it has to be made. */
      settings?: VolumeSettings;
      /** Its files with the ids of the container's own user namespace. */
      idmap?: boolean;
    }
  | {
      kind: 'overlay';
      /** Empty with `volume`. */
      source: string;
      /** The name of the volume that lies below. */
      volume?: string;
      target: string;
      upper?: string;
      work?: string;
      chown: boolean;
    }
  | {
      kind: 'tmpfs';
      /** Another file system that is nowhere on the disk. */
      type?: 'devpts' | 'ramfs';
      target: string;
      options: string[];
      copyUp: boolean;
    }
  | {
      kind: 'image';
      /** A name or id, as typed. */
      source: string;
      target: string;
      readOnly: boolean;
      /** Relative to the image's root. */
      subpath?: string;
      /** Of its layers, hexadecimal, from top to bottom; empty until the container is made. */
      chainIds: string[];
    };
