import { TspodError } from '../../lib/errors';
import { checkImageConfig } from './check-image-config';

/** The part of an image's configuration that `run` takes its defaults from (OCI image spec, config.md). */
export interface ImageRunConfig {
  User?: string;
  ExposedPorts?: Record<string, object>;
  Env?: string[];
  Entrypoint?: string[];
  Cmd?: string[];
  Volumes?: Record<string, object>;
  WorkingDir?: string;
  Labels?: Record<string, string>;
  StopSignal?: string;
  /** Docker's extension. Times in nanoseconds. */
  Healthcheck?: {
    Test?: string[];
    Interval?: number;
    Timeout?: number;
    StartPeriod?: number;
    StartInterval?: number;
    Retries?: number;
  };
  /** Docker's extension. */
  OnBuild?: string[];
  /** Docker's extension: what RUN uses instead of `/bin/sh -c`. */
  Shell?: string[];
}

/** One step of an image's making. */
export interface HistoryEntry {
  created?: string;
  created_by?: string;
  author?: string;
  comment?: string;
  empty_layer?: boolean;
}

/** An image's configuration: the blob whose digest is the image's id. */
export interface ImageConfig {
  created?: string;
  author?: string;
  architecture: string;
  variant?: string;
  os: string;
  config?: ImageRunConfig;
  rootfs: { type: string; diff_ids: string[] };
  history?: HistoryEntry[];
}

/** Reads a configuration blob; what it has as null is absent. Error `invalid`: it is not one, or does not go with `layers` layers. */
export function parseImageConfig(data: Buffer, layers?: number): ImageConfig {
  const config: Partial<ImageConfig> = checkImageConfig(parseObject(data, 'image configuration'));
  const diffIds: unknown = config.rootfs?.diff_ids;
  if (!Array.isArray(diffIds) || !diffIds.every((id) => typeof id === 'string')) {
    throw new TspodError('invalid', 'the image configuration has no list of layers (rootfs.diff_ids)');
  }
  if (layers !== undefined && diffIds.length !== layers) {
    throw new TspodError(
      'invalid',
      `the image has ${layers} layers, but its configuration names ${diffIds.length}`,
    );
  }
  return { ...config, architecture: config.architecture ?? '', os: config.os ?? 'linux' } as ImageConfig;
}

/** Parses a JSON object of an archive. Error `invalid`: it is none; `what` names it. */
export function parseObject(data: Buffer, what: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data.toString('utf8'));
  } catch (cause) {
    throw new TspodError('invalid', `the ${what} is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof parsed === 'object' && parsed !== null) return parsed;
  throw new TspodError('invalid', `the ${what} is not a JSON object`);
}
