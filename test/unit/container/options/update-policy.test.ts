import assert from 'node:assert/strict';
import test from 'node:test';
import { checkUpdateLabel, parseUpdatePolicy } from '../../../../src/container/options/update-policy';

for (const [label, policy] of [
  ['registry', 'registry'],
  ['image', 'registry'],
  ['local', 'local'],
  ['disabled', undefined],
  ['', undefined],
  [undefined, undefined],
] as const) {
  test(`the label ${label} means ${policy}`, () => {
    assert.equal(parseUpdatePolicy(label), policy);
  });
}

test('a word that is no policy is refused', () => {
  assert.throws(() => parseUpdatePolicy('regsitry'), /invalid auto-update policy "regsitry"/);
  assert.throws(() => parseUpdatePolicy('constructor'), /invalid auto-update policy/);
});

for (const [image, message] of [
  ['busybox', /fully-qualified image reference: "busybox"/],
  ['team/busybox:1', /fully-qualified/],
  [`quay.io/x/y@sha256:${'a'.repeat(64)}`, /without digest/],
] as const) {
  test(`${image} cannot be updated from a registry`, () => {
    const labels = { 'io.containers.autoupdate': 'registry' };
    assert.throws(() => checkUpdateLabel({ image, labels }), message);
    checkUpdateLabel({ image, labels: { 'io.containers.autoupdate': 'local' } });
    checkUpdateLabel({ image, labels, rootfs: {} });
  });
}

test('a name with its registry can', () => {
  const labels = { 'io.containers.autoupdate': 'registry' };
  for (const image of ['quay.io/x/y', 'docker://docker.io/library/busybox:latest', 'localhost:5000/app:1'])
    checkUpdateLabel({ image, labels });
});
