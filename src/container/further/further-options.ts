import type { PersonalityName } from './personality';

/** Who tells a service manager that a container is ready (podman-run(1), `--sdnotify`). */
export type NotifyMode = 'container' | 'conmon' | 'healthy' | 'ignore';

/** What few containers are asked for: whatever stands here is read by code that is loaded only then. */
export interface FurtherOptions {
  /** Absolute directories of the container that get the files of /etc too. */
  chrootDirs?: string[];
  /** Names or ids of users of the host that are added to /etc/passwd. */
  hostUsers?: string[];
  personality?: PersonalityName;
  /** Containers that have to run before this one is started: full ids. */
  requires?: { kind: 'container'; target: string }[];
  notify?: { mode: NotifyMode; socket?: string };
  /** `vendor.com/class=name` of the Container Device Interface. */
  cdiDevices?: string[];
  /** `NAME=text with ${VARIABLES}`, until the container is made. */
  envMerge?: string[];
  /** Bytes of each tmpfs of a container with systemd. */
  systemdSize?: number;
}
