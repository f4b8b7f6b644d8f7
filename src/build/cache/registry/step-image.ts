import { TspodError } from '../../../lib/errors';
import { parseImageConfig } from '../../../image/format/image-config';
import { configType, manifestType } from '../../../image/format/manifest';
import type { Descriptor, Manifest } from '../../../image/format/manifest';
import { digestOf } from '../../../store/digest';

/** Its value is the key of the step that the image is the result of. */
const KEY_LABEL = 'io.tspod.build.step';

/** Its value is when the step was carried out, where the image has another time. */
const MADE_LABEL = 'io.tspod.build.made';

/** The result of one step, as an image of a registry: at most one layer, none of those below. */
export interface StepImage {
  key: string;
  /** RFC 3339. */
  created: string;
  /** RFC 3339: when it was made, where that differs. */
  made?: string;
  /** The instruction, for people. */
  step: string;
  os: string;
  architecture: string;
  layer?: Descriptor & { diffId: string };
}

/** The configuration and the manifest of the image; always the same bytes for the same step. */
export function formatStepImage(image: StepImage): { config: Buffer; manifest: Buffer } {
  const { key, created, made, step, os, architecture, layer } = image;
  const config = Buffer.from(
    JSON.stringify({
      ...{ created, architecture, os },
      config: { Labels: { [KEY_LABEL]: key, ...(made === undefined ? {} : { [MADE_LABEL]: made }) } },
      rootfs: { type: 'layers', diff_ids: layer === undefined ? [] : [layer.diffId] },
      history: [{ created, created_by: step, ...(layer === undefined ? { empty_layer: true } : {}) }],
    }),
  );
  const layers = layer === undefined ? [] : [withoutDiffId(layer)];
  const manifest = {
    ...{ schemaVersion: 2, mediaType: manifestType },
    config: { mediaType: configType, digest: digestOf(config), size: config.length },
    layers,
  };
  return { config, manifest: Buffer.from(JSON.stringify(manifest)) };
}

function withoutDiffId({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

/** Reads what a registry has under the key of a step. Error `invalid`: it is not the result of this step. */
export function readStepImage(
  config: Buffer,
  { layers }: Pick<Manifest, 'layers'>,
  key: string,
): Pick<StepImage, 'created' | 'made' | 'layer'> {
  const parsed = parseImageConfig(config, layers.length);
  const labels = parsed.config?.Labels ?? {};
  const made = labels[MADE_LABEL];
  const [diffId, ...more] = parsed.rootfs.diff_ids;
  const { created } = parsed;
  if (labels[KEY_LABEL] !== key || more.length > 0 || Number.isNaN(Date.parse(created ?? '')))
    throw new TspodError('invalid', 'the image is not the result of this step');
  const [layer] = layers;
  return {
    created: created as string,
    ...(made === undefined ? {} : { made }),
    ...(layer !== undefined && diffId !== undefined ? { layer: { ...layer, diffId } } : {}),
  };
}
