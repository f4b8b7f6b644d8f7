/** What is known of the container that a service is made for. */
export interface ServiceSubject {
  id: string;
  name: string;
  /** The words that made it, the program first. */
  createCommand: readonly string[];
  /** `NAME=value` of its process. */
  env: readonly string[];
  /** Seconds. */
  stopTimeout: number;
  /** Where its monitor writes its pid. */
  monitorPidFile: string;
}

/** What `generate systemd` is asked for. */
export interface ServiceOptions {
  /** Whether the service makes the container and removes it. */
  isNew: boolean;
  /** Whether the container is called by its name, not by its id. */
  byName: boolean;
  isTemplate: boolean;
  prefix: string;
  separator: string;
  restartPolicy?: string;
  /** Seconds. */
  restartSec?: number;
  startTimeout?: number;
  stopTimeout?: number;
  after: readonly string[];
  requires: readonly string[];
  wants: readonly string[];
  /** `NAME=value`. */
  env: readonly string[];
  /** Lines after the first of the header; none without a header. */
  header: readonly string[];
  /** The words that start tspod. */
  program: readonly string[];
  /** Where tspod keeps what vanishes at a reboot. */
  runRoot: string;
}

/** A service as it is written. */
export interface Service {
  /** Without `.service`. */
  name: string;
  text: string;
}
