import type { Platform } from '../../image/platform';
import type { Context } from '../../lib/context';
import type { Staging } from '../../store/staging';
import type { StorePaths } from '../../store/store-paths';
import type { CacheEntry } from '../../store/build-cache';
import type { FileDigests } from '../cache/file-digests';
import type { StepLabel } from '../events';
import type { Containerfile, SourceRange } from '../language/types';
import type { BuildRequest } from '../request';
import type { Slots } from './slots';
import type { StageGraph } from './stage-graph';
import type { StageState } from './stage-state';

/** Thrown where work needs all ids of the user and a mount namespace: the command is to run itself again in one. */
export class NeedsWorker extends Error {}

/** What all stages of the build for one platform share. */
export interface Build {
  ctx: Context;
  request: BuildRequest;
  containerfile: Containerfile;
  platform: Platform;
  /** As shown, when there are several. */
  platformLabel?: string;
  store: StorePaths;
  graph: StageGraph;
  /** The stages that have been begun, by index. */
  stages: Map<number, Promise<StageState>>;
  slots: Slots;
  digests: FileDigests;
  signal: AbortSignal;
  /** A place for what is made; throws `NeedsWorker`. */
  staging(): Staging;
  /** Different for each call: names below `staging`. */
  nextName(kind: string): string;
  /** Undone at the end, the last one first. */
  atEnd: (() => void)[];
  /** Entries of the cache whose layers are not in the store yet. */
  made: { key: string; entry: () => Promise<CacheEntry> }[];
  warn(text: string, at?: SourceRange): void;
  label(step: Omit<StepLabel, 'id' | 'platform'>): StepLabel;
}
