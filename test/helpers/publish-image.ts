import { gzipSync } from 'node:zlib';
import { buildArchive } from './build-archive';
import { sha256 } from './build-image';
import type { FaultServer } from './fault-server';
import { uniqueName } from './unique-name';

/** Media types of OCI's images. */
export const ociTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};
/** Media types of Docker's images, schema 2. */
export const dockerTypes = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
};

/** An image that a registry has. */
export interface Published {
  /** `127.0.0.1:PORT/NAME`. */
  name: string;
  path: string;
  id: string;
  digest: string;
  layers: string[];
}

/** What is put into a registry. */
export interface Publication {
  layers?: Buffer[];
  types?: typeof ociTypes;
  /** How layers are packed; gzip by default. */
  pack?: (data: Buffer) => Buffer;
  tag?: string;
  path?: string;
  architecture?: string;
  /** Further fields of the configuration. */
  config?: object;
  change?: (manifest: Record<string, unknown>) => object;
}

/** A layer of random-like data, compressed, of about `size` bytes. */
export async function randomLayer(size = 1000): Promise<Buffer> {
  let seed = uniqueName('s');
  const parts: Buffer[] = [];
  for (let at = 0; at < size; at += 32) {
    seed = sha256(seed);
    parts.push(Buffer.from(seed.slice(7), 'hex'));
  }
  return buildArchive([{ name: uniqueName('file'), data: Buffer.concat(parts) }]);
}

/** Puts an image into the registry. */
export async function publishImage(server: FaultServer, options: Publication = {}): Promise<Published> {
  const { types = ociTypes, tag = 'latest', path = uniqueName('img'), architecture = 'amd64' } = options;
  const archives = options.layers ?? [await randomLayer(), await randomLayer()];
  const { pack = gzipSync } = options;
  const blobs = archives.map((archive) => pack(archive));
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      config: { Cmd: ['/true'] },
      rootfs: { type: 'layers', diff_ids: archives.map((archive) => sha256(archive)) },
      ...options.config,
    }),
  );
  const describe = (mediaType: string, data: Buffer) => ({
    mediaType,
    digest: server.addBlob(path, data),
    size: data.length,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: describe(types.config, config),
    layers: blobs.map((blob) => describe(types.layer, blob)),
  };
  const digest = server.addManifest(path, options.change?.(manifest) ?? manifest, {
    tag,
    mediaType: types.manifest,
  });
  const layers = manifest.layers.map((each) => each.digest);
  return { name: `${server.host}/${path}`, path, id: sha256(config).slice(7), digest, layers };
}
