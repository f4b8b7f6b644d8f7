/** The kinds of manifests: of OCI, and of Docker's image manifest version 2, schema 2. */
export type ManifestKind = 'oci' | 'v2s2';

/** How a layer may be packed in a manifest. */
export type LayerPacking = 'none' | 'gzip' | 'zstd';

interface MediaTypes {
  /** A list of manifests: `index` in OCI's words. */
  list: string;
  manifest: string;
  config: string;
  layers: { none: string; gzip: string; zstd?: string };
}

/** Media types by kind of manifest (OCI image spec, media-types.md). Docker's schema 2 knows no zstd. */
export const mediaTypes: Record<ManifestKind, MediaTypes> = {
  oci: {
    list: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layers: {
      none: 'application/vnd.oci.image.layer.v1.tar',
      gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
      zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
    },
  },
  v2s2: {
    list: 'application/vnd.docker.distribution.manifest.list.v2+json',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layers: {
      none: 'application/vnd.docker.image.rootfs.diff.tar',
      gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    },
  },
};

/** The kind of a manifest by its media type; undefined of an unknown one. */
export function manifestKind(mediaType: string): ManifestKind | undefined {
  return (['oci', 'v2s2'] as const).find((kind) => mediaTypes[kind].manifest === mediaType);
}

/** How a layer is packed, by what its manifest says. */
export function layerPacking({
  mediaType,
  digest,
  diffId,
}: {
  mediaType: string;
  digest: string;
  diffId: string;
}): LayerPacking {
  if (digest === diffId) return 'none';
  return /[.+]zstd$/.test(mediaType) ? 'zstd' : 'gzip';
}
