import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { readImageIndex } from '../../store/image-index';
import type { IndexEntry } from '../../store/image-index';
import { storePaths } from '../../store/store-paths';
import { containerUses } from '../remove/collect-garbage';
import type { ImageConfig } from '../format/image-config';
import { readImageRecord } from '../find/image-record';
import type { ImageRecord } from '../find/image-record';

/** An image of the store with all that is known of it. */
export interface ListedImage {
  /** 64 hexadecimal digits. */
  id: string;
  /** Of its manifests, and of the lists that it was chosen from; the first is what its newest name stands for at the registry. */
  digests: string[];
  /** Full names, the newest first. */
  names: string[];
  /** Full names without tag, with the digest: `localhost/web@sha256:...`. */
  repoDigests: string[];
  config: ImageConfig;
  /** Milliseconds since 1970; 0 where the image does not say. */
  created: number;
  /** Bytes. */
  size: number;
  /** How many containers use it. */
  containers: number;
  /** Whether it is a list of manifests. */
  isList: boolean;
}

/** All images, the newest first. */
export function listImages(ctx: Context): ListedImage[] {
  const store = storePaths(ctx);
  const uses = containerUses(store);
  const images = new Map<string, ListedImage>();
  for (const entry of readImageIndex(store)) {
    const { id, config, size } = recordIfWhole(ctx, entry);
    const created = config.created === undefined ? NaN : Date.parse(config.created);
    const image: ListedImage = images.get(id) ?? {
      id,
      digests: [],
      names: [],
      repoDigests: [],
      config,
      created: Number.isNaN(created) ? 0 : created,
      size,
      containers: uses.filter((use) => use.imageId === id).length,
      isList: entry.list !== undefined,
    };
    images.set(id, image);
    const digests = entry.listDigest === undefined ? [entry.digest] : [entry.listDigest, entry.digest];
    for (const digest of digests) addOnce(image.digests, digest);
    if (entry.name === undefined) continue;
    addOnce(image.names, entry.name);
    const { repository } = splitName(entry.name);
    for (const digest of digests) addOnce(image.repoDigests, `${repository}@${digest}`);
  }
  return [...images.values()].sort((a, b) => b.created - a.created);
}

/** One that has lost its configuration is told of, and listed with what the index says: so it can be named and removed. */
function recordIfWhole(ctx: Context, entry: IndexEntry): Pick<ImageRecord, 'id' | 'config' | 'size'> {
  try {
    return readImageRecord(storePaths(ctx), entry);
  } catch (error) {
    if (!(error instanceof TspodError) || error.code !== 'invalid') throw error;
    const id = entry.imageId;
    ctx.log(
      'error',
      `image ${entry.name ?? id.slice(0, 12)} is damaged: ${error.message}; "tspod system check" tells more`,
    );
    return { id, config: { architecture: '', os: '', rootfs: { type: 'layers', diff_ids: [] } }, size: 0 };
  }
}

/** The two parts of a full name as lists show them; `<none>` of an image without a name. */
export function splitName(name: string | undefined): { repository: string; tag: string } {
  if (name === undefined) return { repository: '<none>', tag: '<none>' };
  const bare = name.replace(/@.*$/s, '');
  const colon = bare.indexOf(':', bare.lastIndexOf('/') + 1);
  if (colon < 0) return { repository: bare, tag: '<none>' };
  return { repository: bare.slice(0, colon), tag: bare.slice(colon + 1) };
}

function addOnce(list: string[], item: string): void {
  if (!list.includes(item)) list.push(item);
}
