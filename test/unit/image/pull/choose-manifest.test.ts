import assert from 'node:assert/strict';
import test from 'node:test';
import { chooseManifest } from '../../../../src/image/pull/choose-manifest';
import { sha256 } from '../../../helpers/build-image';

const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
};

/** A registry's manifests, by tag or digest. */
function source(documents: Record<string, object>) {
  const found = new Map<string, { bytes: Buffer; mediaType: string; digest: string }>();
  for (const [name, document] of Object.entries(documents)) {
    const bytes = Buffer.from(JSON.stringify(document));
    const answer = { bytes, mediaType: 'application/json', digest: sha256(bytes) };
    found.set(name, answer).set(answer.digest, answer);
  }
  return {
    manifest: (reference: string) => Promise.resolve(found.get(reference) ?? assert.fail(reference)),
    digest: (name: string) => found.get(name)?.digest ?? '',
  };
}

const image = {
  schemaVersion: 2,
  mediaType: types.manifest,
  config: { mediaType: types.config, digest: sha256('c'), size: 1 },
  layers: [],
};

const listOf = (document: object, architecture = 'amd64', variant?: string) => {
  const text = JSON.stringify(document);
  const platform = { os: 'linux', architecture, variant };
  const listed = { mediaType: types.manifest, digest: sha256(text), size: text.length, platform };
  return { schemaVersion: 2, mediaType: types.index, manifests: [listed] };
};

test('a manifest is taken as it is, whatever the header says of its type', async () => {
  const chosen = await chooseManifest(source({ latest: image }), 'latest', undefined);
  assert.deepEqual([chosen.mediaType, chosen.listDigest], [types.manifest, undefined]);
});

test('a list leads to the manifest, and is remembered', async () => {
  const digest = sha256(JSON.stringify(image));
  const registry = source({ image, latest: listOf(image, 'arm', 'v7') });
  const chosen = await chooseManifest(registry, 'latest', { architecture: 'arm', variant: 'v7' });
  assert.deepEqual([chosen.digest, chosen.listDigest], [digest, registry.digest('latest')]);
  await assert.rejects(chooseManifest(registry, 'latest', { architecture: 'arm', variant: 'v6' }), {
    code: 'invalid',
    message: 'no image for linux/arm/v6, only for linux/arm/v7',
  });
});

test('lists in lists end somewhere', async () => {
  const documents: Record<string, object> = { image };
  let inner: object = image;
  for (let depth = 0; depth < 6; depth++) {
    inner = listOf(inner);
    documents[`list-${depth}`] = inner;
  }
  const registry = source(documents);
  await chooseManifest(registry, 'list-1', { architecture: 'amd64' });
  await assert.rejects(chooseManifest(registry, 'list-5', { architecture: 'amd64' }), /nested too deeply/);
});

test('a list that tells another size of a manifest is refused', async () => {
  const list = listOf(image);
  const manifests = list.manifests.map((listed) => ({ ...listed, size: listed.size + 1 }));
  const registry = source({ image, latest: { ...list, manifests } });
  await assert.rejects(chooseManifest(registry, 'latest', { architecture: 'amd64' }), {
    code: 'invalid',
    message: /^manifest sha256:\w+ has the wrong length: expected \d+ bytes, as the list says, got \d+$/,
  });
});

test('a list for a platform often is told of it once, and an empty one so', async () => {
  const manifests = Array.from({ length: 1000 }, () => listOf(image, 's390x').manifests).flat();
  const registry = source({
    latest: { ...listOf(image), manifests },
    none: { ...listOf(image), manifests: [] },
  });
  const wanted = { architecture: 'amd64' };
  await assert.rejects(chooseManifest(registry, 'latest', wanted), {
    message: 'no image for linux/amd64, only for linux/s390x',
  });
  await assert.rejects(chooseManifest(registry, 'none', wanted), { message: 'the list of images is empty' });
});

test('a circle of lists is no endless loop', async () => {
  const listed = { mediaType: types.index, digest: sha256('self') };
  const circle = (size: number) =>
    Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [{ ...listed, size }] }));
  const bytes = circle(circle(100).length);
  const answer = { bytes, mediaType: types.index, digest: sha256('self') };
  const registry = { manifest: () => Promise.resolve(answer) };
  await assert.rejects(chooseManifest(registry, 'x', { architecture: 'amd64' }), /nested too deeply/);
});

const refused: [name: string, document: object, message: RegExp][] = [
  ['Docker schema 1', { schemaVersion: 1, fsLayers: [] }, /old format "Docker schema 1"/],
  [
    'an artifact',
    {
      ...image,
      artifactType: 'application/x',
      config: { ...image.config, mediaType: 'application/vnd.oci.empty.v1+json' },
    },
    /artifact of the type "application\/x"/,
  ],
  [
    'an encrypted layer',
    {
      ...image,
      layers: [
        { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted', digest: sha256('l'), size: 1 },
      ],
    },
    /is encrypted/,
  ],
  ['a negative size', { ...image, config: { ...image.config, size: -1 } }, /malformed descriptor/],
  ['an unknown media type', { ...image, mediaType: 'application/x' }, /unknown type "application\/x"$/],
  [
    'an image that says to be a list',
    { ...image, mediaType: types.index },
    /not what its media type "\S+" says/,
  ],
  ['a list that says to be an image', { ...listOf(image), mediaType: types.manifest }, /not what its media/],
  ['what is both', { ...listOf(image), ...image, mediaType: undefined }, /ambiguous: a list and an image/],
  ['no manifest', { hello: 'world' }, /neither of OCI nor of Docker/],
];

for (const [name, document, message] of refused) {
  test(`${name} is refused`, async () => {
    await assert.rejects(chooseManifest(source({ latest: document }), 'latest', undefined), message);
  });
}
