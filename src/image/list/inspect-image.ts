import type { Context } from '../../lib/context';
import { goTime, parseTime } from '../../lib/time';
import { layerPath, storePaths } from '../../store/store-paths';
import { imageNotKnown } from '../find/ensure-image';
import type { HistoryEntry, ImageConfig } from '../format/image-config';
import { readBlob } from '../find/image-record';
import { listImages } from './list-images';
import { manifestType, parseManifest } from '../format/manifest';
import { resolveImage } from '../find/resolve';
import type { ResolvedImage } from '../find/resolve';

/** What `image inspect` prints of an image, with Podman's names. Error `not-found`. */
export function inspectImage(ctx: Context, name: string): object {
  const image = resolveImage(ctx, name);
  const listed = listImages(ctx).find(({ id }) => id === image?.id);
  if (image === undefined || listed === undefined) throw imageNotKnown(name);
  const { config } = image;
  const manifest = parseManifest(readBlob(storePaths(ctx), image.digest));
  const settings = definedOnly(config.config ?? {});
  return {
    Id: image.id,
    Digest: image.digest,
    RepoTags: listed.names.filter((each) => !each.includes('@')),
    RepoDigests: listed.repoDigests,
    Parent: '',
    Comment: lastComment(config.history),
    Created: goTime(parseTime(config.created ?? '')),
    Config: settings,
    Version: '',
    Author: config.author ?? '',
    Architecture: config.architecture,
    Os: config.os,
    ...(config.variant === undefined ? {} : { Variant: config.variant }),
    Size: image.size,
    VirtualSize: image.size,
    GraphDriver: graphDriver(ctx, image),
    RootFS: { Type: 'layers', Layers: config.rootfs.diff_ids },
    Labels: config.config?.Labels ?? null,
    Annotations: 'config' in manifest ? (manifest.annotations ?? {}) : {},
    ManifestType: manifestTypeOf(manifest),
    User: config.config?.User ?? '',
    History: (config.history ?? []).map(historyOf),
    NamesHistory: listed.names,
    ...(config.config?.Healthcheck === undefined ? {} : { Healthcheck: config.config.Healthcheck }),
  };
}

function definedOnly(config: NonNullable<ImageConfig['config']>): object {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function lastComment(history: HistoryEntry[] | undefined): string {
  return history?.at(-1)?.comment ?? '';
}

function historyOf(entry: HistoryEntry): object {
  const { created, ...rest } = entry;
  return { created: goTime(parseTime(created ?? '')), ...rest };
}

function manifestTypeOf(manifest: object): string {
  const { mediaType } = manifest as { mediaType?: string };
  return mediaType ?? manifestType;
}

function graphDriver(ctx: Context, image: ResolvedImage): object {
  const [top, ...below] = image.layers;
  const [chainHex = ''] = image.chainIds;
  const data: Record<string, string> = {};
  if (below.length > 0) data['LowerDir'] = below.join(':');
  if (top !== undefined) data['UpperDir'] = top;
  if (top !== undefined) data['WorkDir'] = `${layerPath(storePaths(ctx), chainHex)}/work`;
  return { Name: 'overlay', Data: data };
}
