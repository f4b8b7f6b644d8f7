import { createHash } from 'node:crypto';
import { buildArchive } from './build-archive';

/** An archive's layer: its bytes as they lie there, and the digest of the unpacked ones. */
export interface TestLayer {
  data: Buffer;
  diffId: string;
}

export interface TestImage {
  layers: TestLayer[];
  names: string[];
  /** Of the `config` object in the image's configuration. */
  config?: object;
}

/** `sha256:...` of the data. */
export function sha256(data: Buffer | string): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

/** A layer out of an uncompressed archive, packed by `compress`. */
export function testLayer(archive: Buffer, compress: (data: Buffer) => Buffer = (data) => data): TestLayer {
  return { data: compress(archive), diffId: sha256(archive) };
}

/** An archive of the form of `docker save`. */
export async function dockerArchive(images: readonly TestImage[]): Promise<Buffer> {
  const files = new Map<string, Buffer>();
  const items = images.map((image) => {
    const config = configOf(image);
    const Config = `${sha256(config).slice(7)}.json`;
    files.set(Config, config);
    const Layers = image.layers.map(({ data, diffId }) => {
      files.set(`${diffId.slice(7)}/layer.tar`, data);
      return `${diffId.slice(7)}/layer.tar`;
    });
    return { Config, RepoTags: image.names, Layers };
  });
  files.set('manifest.json', Buffer.from(JSON.stringify(items)));
  return buildArchive([...files].map(([name, data]) => ({ name, data })));
}

/** The files of an OCI layout, by path; `damage` may change the descriptors of the layers. */
export function ociFiles(
  image: TestImage,
  damage: (layer: { digest: string; size: number }) => object = (layer) => layer,
): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const add = (mediaType: string, data: Buffer): { mediaType: string; digest: string; size: number } => {
    files.set(`blobs/sha256/${sha256(data).slice(7)}`, data);
    return { mediaType, digest: sha256(data), size: data.length };
  };
  const layers = image.layers.map(({ data }) => {
    const descriptor = add('application/vnd.oci.image.layer.v1.tar', data);
    const changed = damage(descriptor) as { digest: string };
    files.set(`blobs/sha256/${changed.digest.slice(7)}`, data);
    return { ...descriptor, ...changed };
  });
  const config = add('application/vnd.oci.image.config.v1+json', configOf(image));
  const manifestData = Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers }));
  const manifest = add('application/vnd.oci.image.manifest.v1+json', manifestData);
  const manifests = image.names.map((name) => ({
    ...manifest,
    annotations: { 'org.opencontainers.image.ref.name': name },
  }));
  files.set('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })));
  files.set('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
  return files;
}

/** An archive of an OCI layout. */
export function ociArchive(...args: Parameters<typeof ociFiles>): Promise<Buffer> {
  return buildArchive([...ociFiles(...args)].map(([name, data]) => ({ name, data })));
}

function configOf({ layers, config = {} }: TestImage): Buffer {
  const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) };
  return Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config, rootfs }));
}
