import type { Platform } from '../../image/format/platform';
import type { Context } from '../../lib/context';
import type { Staging } from '../../store/staging';
import type { StorePaths } from '../../store/store-paths';
import type { CacheEntry } from '../../store/build-cache';
import type { FileDigests } from '../cache/file-digests';
import type { StepLabel } from '../events';
import type { Containerfile, SourceRange } from '../language/types';
import type { BuildRequest } from '../request';
import type { Slots } from '../../lib/slots';
import type { StageGraph } from './stage-graph';
import type { BuiltLayer, StageState } from './stage-state';

/** Thrown where work needs all ids of the user and a mount namespace: the command is to run itself again in one. */
export class NeedsWorker extends Error {}

/** A step whose result is known. */
export interface StepResult {
  key: string;
  entry: Omit<CacheEntry, 'version' | 'chainIds'>;
  /** From bottom to top. */
  layers: BuiltLayer[];
  /** Whether the last one is its own. */
  hasLayer: boolean;
  /** Whether the store had the entry before. */
  isStored: boolean;
}

/** What all stages of the build for one platform share. */
export interface Build {
  ctx: Context;
  request: BuildRequest;
  containerfile: Containerfile;
  platform: Platform;
  /** As shown, when there are several. */
  platformLabel?: string;
  /** Whether the image goes to the store, and not to an output only. */
  isKept: boolean;
  store: StorePaths;
  graph: StageGraph;
  /** The stages that have been begun, by index. */
  stages: Map<number, Promise<StageState>>;
  slots: Slots;
  digests: FileDigests;
  /** Aborted when the build is interrupted, and when one of its stages has failed. */
  signal: AbortSignal;
  /** Ends what is at work. */
  abort(reason: unknown): void;
  /** A place for what is made; throws `NeedsWorker`. */
  staging(): Staging;
  /** Different for each call: names below `staging`. */
  nextName(kind: string): string;
  /** Undone at the end, the last one first. */
  atEnd: (() => void)[];
  /** Of every step that may be kept, in the order in which they came. */
  results: StepResult[];
  /** Repositories of `--cache-from` that are not asked any more, and keys under which one has something else. */
  remote: { skipped: Set<string>; wrong: Set<string> };
  warn(text: string, at?: SourceRange): void;
  label(step: Omit<StepLabel, 'id' | 'platform'>): StepLabel;
}
