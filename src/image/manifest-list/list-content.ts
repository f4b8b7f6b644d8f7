import { TspodError } from '../../lib/errors';
import { mediaTypes } from '../../store/media-types';
import { parseObject } from '../format/image-config';
import { parseManifest } from '../format/manifest';
import type { Descriptor } from '../format/manifest';

/** What an image of a list runs on (OCI image-index.md, "platform"; `features` is Docker's). */
export interface ListPlatform {
  architecture: string;
  os: string;
  'os.version'?: string;
  'os.features'?: string[];
  variant?: string;
  features?: string[];
}

/** An image of a list. */
export interface ListedManifest extends Omit<Descriptor, 'platform'> {
  platform?: ListPlatform;
}

/** A list of manifests (OCI image-index.md), as it is written. */
export interface ManifestList {
  schemaVersion: 2;
  mediaType: string;
  manifests: ListedManifest[];
  subject?: Descriptor;
  annotations?: Record<string, string>;
}

/** Media types of lists. */
export const listTypes = { oci: mediaTypes.oci.list, v2s2: mediaTypes.v2s2.list };

/** Reads a list. Error `invalid`: it is none. */
export function parseList(bytes: Buffer): ManifestList {
  if ('config' in parseManifest(bytes))
    throw new TspodError('invalid', 'it is an image, not a list of manifests');
  return parseObject(bytes, 'manifest list') as unknown as ManifestList;
}

/** The bytes of a list. */
export function listBytes(list: ManifestList): Buffer {
  return Buffer.from(JSON.stringify(list));
}

/** A list with nothing in it. */
export function emptyList(annotations: Record<string, string> = {}): ManifestList {
  return typed({ schemaVersion: 2, mediaType: '', manifests: [], annotations });
}

/** The list with its media type: Docker's as long as only Docker's images are in it and nothing else needs OCI's. */
export function typed({ manifests, annotations = {}, subject }: ManifestList): ManifestList {
  const isDocker =
    subject === undefined &&
    Object.keys(annotations).length === 0 &&
    manifests.every((each) => each.mediaType === mediaTypes.v2s2.manifest && each.annotations === undefined);
  return {
    schemaVersion: 2,
    mediaType: isDocker ? listTypes.v2s2 : listTypes.oci,
    manifests,
    ...(subject === undefined ? {} : { subject }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

/** What `--annotation`, `--arch` and the like say of an image of a list; absent fields stay as they are. */
export interface ListChange {
  annotations?: Record<string, string>;
  platform?: Partial<ListPlatform>;
}

/** An image of a list as a change makes it. */
export function changed(
  listed: ListedManifest,
  { annotations = {}, platform = {} }: ListChange,
): ListedManifest {
  const all = { ...listed.annotations, ...annotations };
  const { mediaType, size, digest } = listed;
  const runsOn = { architecture: '', os: '', ...listed.platform, ...platform };
  return {
    ...listed,
    ...{ mediaType, size, digest },
    ...(listed.platform === undefined && Object.keys(platform).length === 0 ? {} : { platform: runsOn }),
    ...(Object.keys(all).length === 0 ? {} : { annotations: all }),
  };
}
