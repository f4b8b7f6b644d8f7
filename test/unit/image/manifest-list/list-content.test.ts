import assert from 'node:assert/strict';
import test from 'node:test';
import { parseAnnotations, parseListChange } from '../../../../src/cli/options/list-options';
import {
  changed,
  emptyList,
  listTypes,
  parseList,
  typed,
} from '../../../../src/image/manifest-list/list-content';
import type { ListedManifest, ManifestList } from '../../../../src/image/manifest-list/list-content';

const oci: ListedManifest = {
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  size: 1,
  digest: `sha256:${'a'.repeat(64)}`,
  platform: { architecture: 'amd64', os: 'linux' },
};
const docker: ListedManifest = { ...oci, mediaType: 'application/vnd.docker.distribution.manifest.v2+json' };
const list = (more: Partial<ManifestList>): ManifestList => ({ ...emptyList(), ...more });

const types: readonly { name: string; list: ManifestList; type: string }[] = [
  { name: 'nothing', list: list({}), type: listTypes.v2s2 },
  { name: "Docker's images", list: list({ manifests: [docker] }), type: listTypes.v2s2 },
  { name: "OCI's images", list: list({ manifests: [oci] }), type: listTypes.oci },
  { name: 'images of both', list: list({ manifests: [docker, oci] }), type: listTypes.oci },
  { name: 'annotations', list: list({ manifests: [docker], annotations: { a: 'b' } }), type: listTypes.oci },
  {
    name: 'an image with annotations',
    list: list({ manifests: [{ ...docker, annotations: { a: 'b' } }] }),
    type: listTypes.oci,
  },
];

for (const { name, list: content, type } of types) {
  test(`typed() gives a list with ${name} the type ${type}`, () => {
    assert.equal(typed(content).mediaType, type);
  });
}

test('changed() adds annotations and replaces the fields of the platform that are given', () => {
  const once = changed(oci, { annotations: { a: '1' }, platform: { architecture: 'arm', variant: 'v7' } });
  const twice = changed(once, { annotations: { b: '2' }, platform: { 'os.version': '10' } });
  assert.deepEqual(twice, {
    ...oci,
    platform: { architecture: 'arm', os: 'linux', variant: 'v7', 'os.version': '10' },
    annotations: { a: '1', b: '2' },
  });
  assert.deepEqual(changed(oci, {}), oci);
});

test('parseList() rejects an image', () => {
  const image = { schemaVersion: 2, config: { mediaType: 'x', digest: oci.digest, size: 1 }, layers: [] };
  assert.throws(() => parseList(Buffer.from(JSON.stringify(image))), /it is an image, not a list/);
});

test('parseAnnotations() reads KEY=VALUE, with further equals signs in the value', () => {
  assert.deepEqual(parseAnnotations(['a=b', 'c=d=e', 'f=']), { a: 'b', c: 'd=e', f: '' });
  for (const text of ['a', '=b', ''])
    assert.throws(() => parseAnnotations([text]), /no value given for annotation/);
});

test('parseListChange() names the fields of a platform as OCI does', () => {
  const flags = {
    ...{ annotation: [], arch: 'arm', features: ['sse'], os: 'linux', 'os-version': '3', variant: 'v7' },
    'os-features': ['x'],
  };
  assert.deepEqual(parseListChange(flags).platform, {
    ...{ architecture: 'arm', os: 'linux', 'os.version': '3', 'os.features': ['x'], variant: 'v7' },
    features: ['sse'],
  });
});
