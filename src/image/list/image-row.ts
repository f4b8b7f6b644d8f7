import { humanDuration } from '../../lib/duration';
import { shortId } from '../../lib/id';
import { goMapOrNil } from '../../lib/go-template/values';
import { spacedSize } from '../../lib/size';
import { goTime } from '../../lib/time';
import type { GoTime } from '../../lib/time';
import { splitName } from './list-images';
import type { ListedImage } from './list-images';

/** A name of an image with the fields that `images --format` may ask for. */
export interface ImageRow {
  Repository: string;
  Tag: string;
  Digest: string;
  ID: string;
  Id: string;
  Created: string;
  CreatedSince: string;
  CreatedAt: GoTime;
  CreatedTime: GoTime;
  Size: string;
  VirtualSize: number;
  SharedSize: number;
  ParentId: string;
  Containers: number;
  Dangling: boolean;
  ReadOnly: boolean;
  IsManifestList: boolean;
  Names: string[];
  RepoTags: string[];
  RepoDigests: string[];
  /** The names in one line. */
  History: string;
  Labels: Record<string, string>;
  /** Milliseconds, bytes: for sorting. */
  created: number;
  size: number;
  /** What `--format json` has for the image. */
  json(): object;
}

export interface ImageRowOptions {
  noTrunc: boolean;
  /** Milliseconds since 1970. */
  now: number;
  /** Which names are shown. */
  isWanted: (name: string) => boolean;
  /** Whether images without a name are shown. */
  all: boolean;
}

/** Keys of `images --sort`. */
export const IMAGE_SORT_KEYS = ['created', 'id', 'repository', 'size', 'tag'] as const;

export type ImageSortKey = (typeof IMAGE_SORT_KEYS)[number];

/** A row for each name, and one for each image without a name; names with digests are shown where there is none with a tag. */
export function imageRows(images: readonly ListedImage[], options: ImageRowOptions): ImageRow[] {
  return images.flatMap((image) => {
    if (image.names.length === 0) return options.all ? [imageRow(image, undefined, options)] : [];
    const wanted = image.names.filter(options.isWanted);
    const tagged = wanted.filter((name) => !name.includes('@'));
    return (tagged.length > 0 ? tagged : wanted).map((name) => imageRow(image, name, options));
  });
}

/** Rows in the order that Podman has: the newest and the smallest first, texts by the alphabet. */
export function sortImageRows(rows: readonly ImageRow[], key: ImageSortKey): ImageRow[] {
  return [...rows].sort(orders[key]);
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const orders: Record<ImageSortKey, (a: ImageRow, b: ImageRow) => number> = {
  created: (a, b) => b.created - a.created,
  id: (a, b) => byText(a.Id, b.Id),
  repository: (a, b) => byText(a.Repository, b.Repository),
  size: (a, b) => a.size - b.size,
  tag: (a, b) => byText(a.Tag, b.Tag),
};

function imageRow(image: ListedImage, name: string | undefined, options: ImageRowOptions): ImageRow {
  const { repository, tag } = splitName(name);
  const age = `${humanDuration(options.now - image.created)} ago`;
  const time = goTime(BigInt(image.created) * 1_000_000n);
  const { names } = image;
  const row: ImageRow = {
    Repository: repository,
    Tag: tag,
    Digest: image.digests[0] ?? '',
    ID: options.noTrunc ? `sha256:${image.id}` : shortId(image.id),
    Id: image.id,
    Created: age,
    CreatedSince: age,
    CreatedAt: time,
    CreatedTime: time,
    Size: spacedSize(image.size),
    VirtualSize: image.size,
    SharedSize: 0,
    ParentId: '',
    Containers: image.containers,
    Dangling: names.length === 0,
    ReadOnly: false,
    IsManifestList: image.isList,
    Names: names,
    RepoTags: names,
    RepoDigests: image.repoDigests,
    History: names.join(', '),
    Labels: goMapOrNil(image.config.config?.Labels),
    created: image.created,
    size: image.size,
    json: () => toJson(image),
  };
  return Object.defineProperty(row, 'toJSON', { value: () => templateJson(image, repository, tag) });
}

/** What `{{json .}}` shows, which is not quite what `--format json` prints. */
function templateJson(image: ListedImage, repository: string, tag: string): object {
  const { CreatedAt: _time, ...summary } = toJson(image);
  return { ...summary, repository, tag };
}

function toJson(image: ListedImage) {
  const { names, created, size } = image;
  return {
    Id: image.id,
    ParentId: '',
    RepoTags: null,
    RepoDigests: image.repoDigests,
    Size: size,
    SharedSize: 0,
    VirtualSize: size,
    Labels: image.config.config?.Labels ?? null,
    Containers: image.containers,
    ...(names.length === 0 ? { Dangling: true } : {}),
    Digest: image.digests[0] ?? '',
    ...(names.length === 0 ? {} : { History: names, Names: names }),
    Created: Math.floor(created / 1000),
    CreatedAt: goTime(BigInt(created) * 1_000_000n),
  };
}
