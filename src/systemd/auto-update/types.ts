import type { PullEvent } from '../../image/pull/pull-request';
import type { RegistryOptions } from '../../image/registry/types';

/** Where newer images come from. */
export type UpdatePolicy = 'registry' | 'local';

/** What became of a container: `pending` with --dry-run, `rolled back` where the new image did not get ready. */
export type UpdateState = 'true' | 'false' | 'pending' | 'failed' | 'rolled back';

/** A container that is to be kept up to date. */
export interface UpdateSubject {
  /** Full id. */
  id: string;
  name: string;
  /** The image's name as it was typed. */
  image: string;
  /** The id of the image that it runs. */
  imageId: string;
  policy: UpdatePolicy;
  /** The unit of systemd that starts it. */
  unit: string;
  /** Credentials of this container alone. */
  authFile?: string;
}

/** One container's line. */
export interface UpdateReport {
  subject: UpdateSubject;
  updated: UpdateState;
  /** What went wrong; also where the old image runs again. */
  error?: unknown;
}

/** How to update. */
export interface UpdateOptions {
  isDry: boolean;
  /** Goes back to the image before where the unit does not start with the new one. */
  rollsBack: boolean;
  registry: RegistryOptions;
  report: (event: PullEvent) => void;
}
