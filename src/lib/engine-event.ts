/** Where the journal of the machine takes entries. */
export const JOURNAL_SOCKET = '/run/systemd/journal/socket';

/** What events are about. */
export type EventType = 'container' | 'image' | 'network' | 'pod' | 'secret' | 'system' | 'volume';

/** Something that has happened to an object. Absent is what does not apply. */
export interface EngineEvent {
  type: EventType;
  /** What happened, in Podman's word: `create`, `died`, `loadfromarchive`. */
  status: string;
  /** Nanoseconds since 1970. */
  ns: bigint;
  /** Full id. */
  id?: string;
  /** Name of a container's image. */
  image?: string;
  name?: string;
  network?: string;
  exitCode?: number;
  healthStatus?: string;
  /** The result of a health check as JSON, where it is asked for. */
  healthLog?: string;
  /** Failures in a row; absent for none. */
  healthStreak?: number;
  /** What went wrong, for `pull-error`. */
  error?: string;
  podId?: string;
  /** What `inspect` says of a new container, where containers.conf asks for it. */
  inspectData?: string;
  /** A container's labels; null for objects that have none. */
  attributes: Readonly<Record<string, string>> | null;
}

/** Where events are kept. */
export type EventLogger = 'file' | 'journald' | 'none';

/** What containers.conf says of events. */
export interface EventDefaults {
  logger?: EventLogger;
  /** Full path of the file. */
  path?: string;
  /** Bytes after which the file is rotated; 0 never. */
  maxSize?: number;
  /** False: health checks are no events. */
  health?: boolean;
}
