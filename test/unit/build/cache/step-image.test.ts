import assert from 'node:assert/strict';
import test from 'node:test';
import { formatStepImage, readStepImage } from '../../../../src/build/cache/registry/step-image';
import { parseManifest } from '../../../../src/image/format/manifest';
import type { Manifest } from '../../../../src/image/format/manifest';

const digest = (character: string) => `sha256:${character.repeat(64)}`;
const layer = {
  mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  digest: digest('a'),
  size: 3,
  diffId: digest('b'),
};
const step = { key: 'k', created: '2026-01-01T00:00:00Z', step: 'RUN x', os: 'linux', architecture: 'amd64' };

function read(image: Parameters<typeof formatStepImage>[0], key = image.key) {
  const { config, manifest } = formatStepImage(image);
  return readStepImage(config, parseManifest(manifest) as Manifest, key);
}

test('readStepImage() reads what formatStepImage() has written', () => {
  const { created } = step;
  assert.deepEqual(read(step), { created });
  assert.deepEqual(read({ ...step, made: created, layer }), { created, made: created, layer });
});

test('readStepImage() takes no image of another step, nor one without a time', () => {
  assert.throws(() => read(step, 'other'), /is not the result of this step/);
  assert.throws(() => read({ ...step, created: 'then' }), /is not the result of this step/);
  const { manifest } = formatStepImage({ ...step, layer });
  const { config } = formatStepImage(step);
  assert.throws(() => readStepImage(config, parseManifest(manifest) as Manifest, 'k'), /1 layers/);
});
