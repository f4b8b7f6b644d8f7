import assert from 'node:assert/strict';
import test from 'node:test';
import { commitHistory, commitRunConfig } from '../../../../src/container/commit/commit-config';
import type { CommitSettings } from '../../../../src/container/commit/commit-config';
import { formatManifest } from '../../../../src/container/commit/commit-manifest';
import type { ContainerRecord } from '../../../../src/container/record';
import type { ImageRunConfig } from '../../../../src/image/format/image-config';

const plain: CommitSettings = {
  ...{ author: undefined, message: undefined, override: {}, includeVolumes: false, format: 'oci' },
};

const record = {
  id: 'f'.repeat(64),
  imageId: 'e'.repeat(64),
  imageName: 'localhost/base:latest',
  process: { argv: [], env: ['PATH=/bin', 'A=1'], cwd: '/tmp', user: 'root' },
  entrypoint: ['sh', '-c'],
  command: ['true'],
  labels: { own: '1' },
  exposedPorts: [{ port: 99, protocol: 'tcp' }],
  ports: [{ hostIp: '', hostPort: 8080, containerPort: 80, range: 2, protocol: 'udp' }],
  options: {
    mounts: [
      { kind: 'volume', anonymous: true, target: '/anonymous' },
      { kind: 'volume', anonymous: false, target: '/named' },
      { kind: 'tmpfs', target: '/tmpfs' },
    ],
  },
} as unknown as ContainerRecord;

const commit = (override: ImageRunConfig, settings: Partial<CommitSettings> = {}): ImageRunConfig =>
  commitRunConfig(
    record,
    { StopSignal: '9', Volumes: { '/image': {} }, Healthcheck: { Test: ['NONE'] } },
    { ...plain, ...settings, override },
  );

test('commitRunConfig() has what the image and the container say', () => {
  assert.deepEqual(commit({}), {
    User: 'root',
    ExposedPorts: { '80/udp': {}, '81/udp': {}, '99/tcp': {} },
    Env: ['PATH=/bin', 'A=1'],
    Entrypoint: ['sh', '-c'],
    Cmd: ['true'],
    Volumes: { '/anonymous': {}, '/image': {} },
    WorkingDir: '/tmp',
    Labels: { own: '1' },
    StopSignal: '9',
  });
});

test('a new command does not go with the old entrypoint, nor the other way round', () => {
  assert.deepEqual([commit({ Cmd: ['x'] }).Entrypoint, commit({ Cmd: ['x'] }).Cmd], [undefined, ['x']]);
  const entrypoint = commit({ Entrypoint: ['y'] });
  assert.deepEqual([entrypoint.Entrypoint, entrypoint.Cmd], [['y'], undefined]);
  const both = commit({ Entrypoint: ['y'], Cmd: ['x'] });
  assert.deepEqual([both.Entrypoint, both.Cmd], [['y'], ['x']]);
});

test('changes replace variables, add to lists, and a working directory is absolute', () => {
  const config = commit({ Env: ['A=2', 'B=3'], Labels: { more: '2' }, WorkingDir: 'rel' });
  assert.deepEqual(config.Env, ['PATH=/bin', 'A=2', 'B=3']);
  assert.deepEqual(config.Labels, { more: '2', own: '1' });
  assert.equal(config.WorkingDir, '/rel');
});

test('--include-volumes takes every volume, but no tmpfs', () => {
  const { Volumes = {} } = commit({}, { includeVolumes: true });
  assert.deepEqual(Object.keys(Volumes), ['/anonymous', '/image', '/named']);
});

test("health checks and ONBUILD are only in Docker's format", () => {
  const config = commit({ OnBuild: ['RUN x'] }, { format: 'docker' });
  assert.deepEqual([config.OnBuild, config.Healthcheck], [['RUN x'], { Test: ['NONE'] }]);
  assert.equal(commit({ OnBuild: ['RUN x'] }).OnBuild, undefined);
});

test('commitHistory() adds one step after those of the image', () => {
  const base = {
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [] },
    history: [{}],
  };
  const created = '2026-01-01T00:00:00Z';
  assert.deepEqual(commitHistory(record, base, { author: 'me', created }), [
    {},
    { created, created_by: '/bin/sh', author: 'me', comment: 'FROM localhost/base:latest' },
  ]);
});

test('formatManifest() gives layers the media types of the format', () => {
  const blob = (mediaType: string) => ({ mediaType, digest: `sha256:${'a'.repeat(64)}`, size: 1 });
  const oci = 'application/vnd.oci.image.layer.v1.tar';
  const docker = 'application/vnd.docker.image.rootfs.diff.tar';
  const typesOf = (types: string[], format: 'oci' | 'docker'): string[] => {
    const { bytes } = formatManifest(Buffer.from('{}'), types.map(blob), format);
    const { layers } = JSON.parse(bytes.toString()) as { layers: { mediaType: string }[] };
    return layers.map(({ mediaType }) => mediaType);
  };
  assert.deepEqual(typesOf([oci, `${oci}+gzip`], 'docker'), [docker, `${docker}.gzip`]);
  assert.deepEqual(typesOf([docker, `${docker}.gzip`], 'oci'), [oci, `${oci}+gzip`]);
  assert.throws(() => typesOf([`${oci}+zstd`], 'docker'), /no place in Docker's format/);
});
