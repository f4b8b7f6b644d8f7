import { VERSION } from '../../lib/version';
import { formatManifest } from '../../container/commit/commit-manifest';
import type { LayerSoFar } from '../../image/add/commit-image';
import type { HistoryEntry, ImageConfig, ImageRunConfig } from '../../image/format/image-config';
import type { StageState } from '../engine/stage-state';
import type { BuildRequest } from '../request';

/** An image as bytes. */
export interface AssembledImage {
  config: Buffer;
  manifest: { bytes: Buffer; mediaType: string };
}

/** The configuration and the manifest of a stage. `layers` are those of the image, from bottom to top. */
export function assembleImage(
  state: StageState,
  layers: readonly LayerSoFar[],
  request: BuildRequest,
  created: string,
): AssembledImage {
  const { format } = request.changes;
  const config = Buffer.from(JSON.stringify(imageConfig(state, layers, request, created)));
  const blobs = layers.map(({ record }) => record.blob);
  return { config, manifest: formatManifest(config, blobs, format, annotationsOf(state, request)) };
}

function imageConfig(
  state: StageState,
  layers: readonly LayerSoFar[],
  { changes }: BuildRequest,
  created: string,
): ImageConfig & Record<string, unknown> {
  const { osVersion, osFeatures, omitHistory } = changes;
  return {
    created,
    ...(state.author === undefined ? {} : { author: state.author }),
    architecture: state.architecture,
    ...(state.variant === undefined ? {} : { variant: state.variant }),
    os: state.os,
    ...(osVersion === undefined ? {} : { 'os.version': osVersion }),
    ...(osFeatures.length > 0 ? { 'os.features': osFeatures } : {}),
    config: changedConfig(state.config, changes),
    rootfs: { type: 'layers', diff_ids: layers.map(({ record }) => record.diffId) },
    ...(omitHistory ? {} : { history: historyOf(state, layers.length, changes.squash) }),
  };
}

/** One entry for each layer that is left. */
function historyOf(
  state: StageState,
  layers: number,
  squash: BuildRequest['changes']['squash'],
): HistoryEntry[] {
  if (squash === 'none' && state.history.filter(({ empty_layer: isEmpty }) => !isEmpty).length === layers)
    return state.history;
  const kept = squash === 'all' ? [] : state.history.slice(0, state.base?.history?.length ?? 0);
  const own = state.history.slice(kept.length);
  const text = own.map(({ created_by: by }) => by ?? '').join('; ');
  return [
    ...kept,
    {
      created: state.created,
      created_by: text,
      ...(state.baseName ? { comment: `FROM ${state.baseName}` } : {}),
    },
  ];
}

function changedConfig(config: ImageRunConfig, changes: BuildRequest['changes']): ImageRunConfig {
  const names = new Set([...changes.unsetEnv, ...Object.keys(changes.env)]);
  const env = (config.Env ?? []).filter((entry) => !names.has(entry.split('=', 1)[0] ?? ''));
  const labels = { ...config.Labels, ...changes.labels };
  for (const name of changes.unsetLabels) delete labels[name];
  if (changes.identityLabel) labels['io.tspod.version'] = VERSION;
  const result: ImageRunConfig = {
    ...config,
    Env: [...env, ...Object.entries(changes.env).map(([name, value]) => `${name}=${value}`)],
    Labels: labels,
  };
  return Object.fromEntries(Object.entries(result).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === '' ||
    (typeof value === 'object' && Object.keys(value as object).length === 0)
  );
}

/** What the image is made of, and what was asked. */
function annotationsOf(state: StageState, { changes }: BuildRequest): Record<string, string> {
  if (state.baseName === '') return changes.annotations;
  return {
    'org.opencontainers.image.base.digest': state.baseDigest,
    'org.opencontainers.image.base.name': state.baseName,
    ...changes.annotations,
  };
}
