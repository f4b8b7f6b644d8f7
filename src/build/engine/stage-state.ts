import type { LayerSoFar } from '../../image/add/commit-image';
import type { HistoryEntry, ImageConfig, ImageRunConfig } from '../../image/format/image-config';
import type { StageScope } from '../language/scope';
import type { Stage } from '../language/types';

/** A layer of a stage, which may still be written to its archive. */
export interface BuiltLayer {
  /** Absolute; complete. */
  diff: string;
  /** With digest and chain id. */
  done: Promise<LayerSoFar>;
}

/** A stage as it has become by its instructions so far. */
export interface StageState {
  stage: Stage;
  /** For messages: its name or number. */
  name: string;
  /** The base image's configuration; absent of `scratch`. */
  base?: ImageConfig;
  /** The name of the base image, for annotations and history. */
  baseName: string;
  baseDigest: string;
  config: ImageRunConfig;
  author?: string;
  os: string;
  architecture: string;
  variant?: string;
  history: HistoryEntry[];
  /** From bottom to top. */
  layers: BuiltLayer[];
  /** How many of them are the base's. */
  baseLayers: number;
  /** Stands for everything that has led here. */
  key: string;
  /** Whether every step so far came from the cache. */
  isCached: boolean;
  /** RFC 3339, of the last step. */
  created: string;
  /** Whether `CMD` was in this stage: then `ENTRYPOINT` leaves it. */
  ownCommand: boolean;
  scope: StageScope & { env: Map<string, string> };
}
