import assert from 'node:assert/strict';
import test from 'node:test';
import { parseImageConfig } from '../../../../src/image/format/image-config';

const rootfs = { type: 'layers', diff_ids: [] };
const parse = (fields: object) => parseImageConfig(Buffer.from(JSON.stringify({ rootfs, ...fields })));

test('parseImageConfig() takes what Docker writes as null for absent', () => {
  const nothing = { User: null, Env: null, Cmd: null, Entrypoint: null, Labels: null, Volumes: null };
  const config = { ...nothing, ExposedPorts: null, OnBuild: null, Healthcheck: null, Shell: null };
  const found = parse({ config: { ...config, WorkingDir: '/w' }, history: null, created: null, os: null });
  assert.deepEqual(found, { rootfs, config: { WorkingDir: '/w' }, architecture: '', os: 'linux' });
});

test('parseImageConfig() keeps the fields that it does not know', () => {
  const history = [{ created_by: 'x', empty_layer: true, other: 1 }];
  const fields = { config: { ArgsEscaped: true, Labels: { a: 'b' } }, container_config: 5, history };
  assert.deepEqual(parse(fields), { ...fields, rootfs, architecture: '', os: 'linux' });
});

const malformed: [object, string][] = [
  [{ config: 'x' }, 'config is not an object'],
  [{ config: { Cmd: 'ls' } }, 'config.Cmd is not a list of texts'],
  [{ config: { Env: [null] } }, 'config.Env is not a list of texts'],
  [{ config: { Env: { a: 'b' } } }, 'config.Env is not a list of texts'],
  [{ config: { Labels: { a: 1 } } }, 'config.Labels is not an object of texts'],
  [{ config: { Volumes: ['/x'] } }, 'config.Volumes is not an object'],
  [{ config: { User: 5 } }, 'config.User is not text'],
  [{ config: { Healthcheck: { Retries: '3' } } }, 'config.Healthcheck.Retries is not a number'],
  [{ history: 'x' }, 'history is not a list of objects'],
  [{ history: [null] }, 'history[0] is not an object'],
  [{ history: [{ empty_layer: 1 }] }, 'history[0].empty_layer is not true or false'],
  [{ created: 5 }, 'created is not text'],
];

for (const [fields, reason] of malformed) {
  test(`parseImageConfig() refuses ${JSON.stringify(fields)}`, () => {
    assert.throws(() => parse(fields), {
      code: 'invalid',
      message: `the image configuration is malformed: ${reason}`,
    });
  });
}
