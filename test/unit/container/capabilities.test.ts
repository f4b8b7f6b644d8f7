import assert from 'node:assert/strict';
import test from 'node:test';
import {
  capabilitySets,
  checkCapabilities,
  DEFAULT_CAPABILITIES,
  availableCapabilities,
} from '../../../src/container/capabilities';

const known = availableCapabilities(40);
const base = { add: [], drop: [], privileged: false, isRoot: true, known };

test('capabilitySets() gives root the eleven that Podman gives, and nothing ambient', () => {
  const sets = capabilitySets(base);
  assert.equal(sets.bounding.length, 11);
  assert.deepEqual(sets.bounding, [...DEFAULT_CAPABILITIES]);
  assert.deepEqual(sets.effective, sets.bounding);
  assert.deepEqual([sets.inheritable, sets.ambient], [[], []]);
});

test('capabilitySets() gives other users only what was added, as ambient ones', () => {
  const sets = capabilitySets({ ...base, isRoot: false, add: ['net_admin'] });
  assert.equal(sets.bounding.length, 12);
  for (const set of [sets.effective, sets.permitted, sets.inheritable, sets.ambient]) {
    assert.deepEqual(set, ['CAP_NET_ADMIN']);
  }
});

test('capabilitySets() adds and drops by any spelling, and all', () => {
  assert.deepEqual(capabilitySets({ ...base, drop: ['ALL'], add: ['cap_kill'] }).bounding, ['CAP_KILL']);
  assert.deepEqual(capabilitySets({ ...base, add: ['all'], drop: ['CAP_SYS_ADMIN'] }).bounding.length, 40);
  assert.equal(capabilitySets({ ...base, privileged: true }).bounding.length, 41);
});

test('availableCapabilities() stops at the last one of the kernel', () => {
  assert.equal(availableCapabilities(37).length, 38);
  assert.ok(!availableCapabilities(37).includes('CAP_BPF'));
});

test('checkCapabilities() refuses what Podman refuses, in its words', () => {
  assert.throws(() => checkCapabilities(['bogus'], []), /"CAP_BOGUS": unknown capability/);
  assert.throws(
    () => checkCapabilities(['all'], ['all']),
    /adding all caps and removing all caps not allowed/,
  );
  assert.throws(() => checkCapabilities(['chown'], ['CHOWN']), /"CAP_CHOWN" cannot be dropped and added/);
  checkCapabilities(['all'], ['kill']);
});
