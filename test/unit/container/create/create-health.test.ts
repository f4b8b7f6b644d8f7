import assert from 'node:assert/strict';
import test from 'node:test';
import { withHealth } from '../../../../src/container/create/create-health';
import { healthArguments } from '../../../../src/container/health/health-plan';
import type { HealthOptions } from '../../../../src/container/create/health-config';
import type { ContainerOptions } from '../../../../src/container/record';

const IMAGE = { Healthcheck: { Test: ['CMD', 'check'], Interval: 7e9, StartInterval: 1e9 } };
const health = (options: HealthOptions, image = {}): ContainerOptions['health'] =>
  withHealth(options as ContainerOptions, image).health;

test("withHealth() takes the image's check, with defaults for what it leaves out", () => {
  const expected = { test: ['CMD', 'check'], interval: 7e9, timeout: 30e9, retries: 3, startInterval: 1e9 };
  assert.deepEqual(health({}, IMAGE), expected);
});

test("withHealth() changes the image's check by what was typed", () => {
  const typed = { test: [], interval: 5e9, retries: 9 };
  assert.deepEqual(health({ health: typed }, IMAGE), {
    ...{ test: ['CMD', 'check'], interval: 5e9, timeout: 30e9, retries: 9, startInterval: 1e9 },
  });
});

test("withHealth() leaves nothing of the image's check beside a command that was typed", () => {
  const typed = { test: ['CMD-SHELL', 'x'], interval: 1e9 };
  assert.deepEqual(health({ health: typed }, IMAGE), { ...typed, timeout: 30e9, retries: 3 });
  assert.deepEqual(health({ health: { test: ['NONE'] } }, IMAGE), { test: ['NONE'] });
});

test('withHealth() drops settings of a check that is not there, but for those that need one', () => {
  assert.equal(
    'health' in withHealth({ health: { test: [], interval: 1 } } as unknown as ContainerOptions, {}),
    false,
  );
  assert.equal(health({ healthPolicy: { onFailure: 'none' } }), undefined);
  assert.throws(() => health({ healthPolicy: { onFailure: 'kill' } }), {
    message: 'cannot set on-failure action to kill without a health check',
  });
  assert.throws(() => health({ startupHealth: { test: ['CMD', 'x'], retries: 0, successes: 0 } }), {
    message: 'cannot set a startup healthcheck when there is no regular healthcheck: invalid argument',
  });
});

test('healthArguments() makes a program with its arguments of every kind of test', () => {
  assert.deepEqual(healthArguments(['CMD', 'a', 'b c']), ['a', 'b c']);
  assert.deepEqual(healthArguments(['CMD-SHELL', 'a b', 'c']), ['/bin/sh', '-c', 'a b c']);
  assert.deepEqual(healthArguments(['a', 'b']), ['a', 'b']);
});
