import type { Context } from '../../lib/context';
import type { BlobEvent } from '../copy-report';
import type { Platform } from '../format/platform';
import type { ImageReference } from '../name/reference';
import type { RegistryOptions, Repository } from '../registry/types';

/** When a registry is asked: always, when the image is missing here, when it may have a newer one, or never. */
export type PullPolicy = 'always' | 'missing' | 'newer' | 'never';

/** How an image is pulled. */
export interface PullOptions {
  policy: PullPolicy;
  /** Absent: this machine's. */
  platform?: Platform;
  registry: RegistryOptions;
  /** `--signature-policy`: read instead of the policy.json that is looked for by default. */
  policyFile?: string;
  /** Lets the user choose one of the full names that a short one may stand for. */
  ask?: (names: readonly string[]) => Promise<string>;
  /** Where the image may come from, in order; absent: as registries.conf says. */
  sourcesOf?: (ctx: Context, reference: ImageReference, options: RegistryOptions) => Repository[];
  /** Told how it goes. */
  report: (event: PullEvent) => void;
}

/** What happens during a pull. Sizes in bytes. */
export type PullEvent =
  | { kind: 'resolved'; description: string }
  | { kind: 'trying'; name: string }
  | { kind: 'started' }
  | BlobEvent
  | { kind: 'config'; digest: string }
  | { kind: 'writing' };

/** An image that is in the store now. */
export interface PulledImage {
  /** 64 hexadecimal digits. */
  id: string;
  /** Whether the store has something that it had not before. */
  isNew: boolean;
}
