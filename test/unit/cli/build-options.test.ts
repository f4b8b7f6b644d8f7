import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { makeRequest } from '../../../src/cli/build/make-request';
import { buildOptions } from '../../../src/cli/options/build/build-options';
import type { BuildFlags } from '../../../src/cli/options/build/build-options';
import { parseFlags } from '../../../src/cli/parse-flags';
import type { Context } from '../../../src/lib/context';

const folder = mkdtempSync(join(tmpdir(), 'tspod-build-options-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'file');
writeFileSync(file, '# a comment\nONE=1\nTWO=2\n');

function request(words: string[], env: Record<string, string> = {}) {
  const grammar = { options: buildOptions, global: {}, interspersed: true, command: 'tspod build' };
  const { flags } = parseFlags(grammar, words);
  const paths = { root: folder, runRoot: folder, cache: folder };
  const ctx = { env: { ...env, CONTAINERS_CONF: '/dev/null' }, home: folder, paths, uid: 1000 };
  return makeRequest(ctx as unknown as Context, flags as BuildFlags);
}

test('without options a build has the defaults of Podman, and as many jobs as there are stages', async () => {
  const all = await request([]);
  assert.deepEqual(all.cache, { use: true, layers: true, from: [], to: [] });
  assert.deepEqual(all.times, {});
  assert.equal(all.pull, 'missing');
  assert.equal(all.changes.format, 'oci');
  assert.equal(all.changes.squash, 'none');
  assert.equal(all.skipUnusedStages, true);
  assert.equal(all.jobs, Number.MAX_SAFE_INTEGER);
  assert.deepEqual(all.run.network, { kind: 'private' });
  assert.equal(all.run.shmSize, 65536 * 1024);
});

test('arguments come from files, then from options, then from the environment', async () => {
  const words = [
    '--build-arg-file',
    file,
    '--build-arg',
    'TWO=two',
    '--build-arg',
    'THREE',
    '--build-arg',
    'FOUR',
  ];
  const { buildArgs } = await request(words, { THREE: '3' });
  assert.deepEqual(Object.fromEntries(buildArgs), { ONE: '1', TWO: 'two', THREE: '3' });
});

test('names are made full', async () => {
  const { tags, manifestList } = await request(['-t', 'app', '-t', 'quay.io/a/b:1', '--manifest', 'l']);
  assert.deepEqual(tags, ['localhost/app:latest', 'quay.io/a/b:1']);
  assert.equal(manifestList, 'localhost/l:latest');
});

test('platforms are divided at commas, and named once', async () => {
  const { platforms } = await request([
    '--platform',
    'linux/amd64,linux/arm64/v8',
    '--platform',
    'linux/amd64',
  ]);
  assert.deepEqual(platforms, [
    { os: 'linux', architecture: 'amd64' },
    { os: 'linux', architecture: 'arm64', variant: 'v8' },
  ]);
  assert.deepEqual((await request(['--arch', 'aarch64'])).platforms, [{ architecture: 'arm64' }]);
});

test('one option makes times that are the same everywhere', async () => {
  assert.deepEqual((await request(['--source-date-epoch', '5'])).times, { created: 5, clampFiles: 5 });
  assert.deepEqual((await request(['--timestamp', '5'])).times, { created: 5, setFiles: 5 });
  assert.deepEqual((await request([], { SOURCE_DATE_EPOCH: '5' })).times, { created: 5 });
  const rewritten = await request(['--rewrite-timestamp'], { SOURCE_DATE_EPOCH: '5' });
  assert.deepEqual(rewritten.times, { created: 5, clampFiles: 5 });
});

test('secrets are files or variables', async () => {
  const words = ['--secret', `id=a,src=${file}`, '--secret', 'id=b,env=TOKEN', '--secret', 'id=TOKEN'];
  const { secrets } = await request(words, { TOKEN: 't' });
  assert.deepEqual(secrets, [
    { id: 'a', kind: 'file', path: file },
    { id: 'b', kind: 'env', variable: 'TOKEN', value: 't' },
    { id: 'TOKEN', kind: 'env', variable: 'TOKEN', value: 't' },
  ]);
});

test('outputs are directories and archives', async () => {
  const { outputs } = await request([
    '-o',
    folder,
    '-o',
    'type=tar,dest=-',
    '-o',
    `type=local,dest=${folder}/x`,
  ]);
  assert.deepEqual(outputs, [
    { kind: 'local', path: folder },
    { kind: 'tar', path: '-' },
    { kind: 'local', path: join(folder, 'x') },
  ]);
});

test('buildah’s variables of the environment stand for options that were not typed', async () => {
  const env = { BUILDAH_FORMAT: 'docker', BUILDAH_LAYERS: 'false', BUILDAH_ISOLATION: 'oci' };
  const all = await request([], env);
  assert.equal(all.changes.format, 'docker');
  assert.deepEqual([all.cache.use, all.cache.layers], [false, false]);
  assert.equal((await request(['--format', 'oci'], env)).changes.format, 'oci');
});

test('programs get the variables of proxies, unless they shall not', async () => {
  const env = { HTTP_PROXY: 'http://p', no_proxy: 'x', OTHER: 'y' };
  assert.deepEqual((await request([], env)).run.proxies, { HTTP_PROXY: 'http://p', no_proxy: 'x' });
  assert.deepEqual((await request(['--http-proxy=false'], env)).run.proxies, {});
});

/** Words, and the beginning of the message. */
const wrong: [string[], RegExp][] = [
  [['--build-arg', '=x'], /^--build-arg "=x": expected NAME=VALUE/],
  [['-t', 'BAD'], /^--tag "BAD": /],
  [['--jobs', '-1'], /^--jobs -1: invalid value for jobs/],
  [['--pull=bad'], /^unsupported pull policy "bad"/],
  [['--format', 'x'], /^unrecognized image type "x"/],
  [['--squash', '--squash-all'], /^cannot specify --squash-all with --squash/],
  [['--timestamp', 'x'], /^--timestamp "x": expected seconds/],
  [['--timestamp', '1', '--source-date-epoch', '1'], /^cannot specify --source-date-epoch with --timestamp/],
  [['--rewrite-timestamp'], /^--rewrite-timestamp needs --source-date-epoch/],
  [['--cache-ttl', 'x'], /^unable to parse value provided "x" as --cache-ttl/],
  [
    ['--cache-from', 'x/y:tag'],
    /"x\/y:tag" to --cache-from: repository must contain neither a tag nor digest/,
  ],
  [['--cache-to', 'X Y'], /"X Y" to --cache-to: must contain registry and repository/],
  [['--cache-to', ''], /"" to --cache-to: must contain registry and repository/],
  [['--cache-to', 'localhost/x'], /--cache-to: it is a name of this machine only/],
  [['--secret', 'foo'], /^--secret "foo": incorrect secret flag format/],
  [['--secret', 'id=nosuch'], /^--secret "id=nosuch": .*no such file/],
  [['--secret', 'id=a,env=NONE'], /^--secret "id=a,env=NONE": the variable NONE is not set/],
  [['--secret', 'id=a,mode=1'], /^--secret .*incorrect secret flag format/],
  [['--ssh', 'default'], /SSH_AUTH_SOCK not set in environment/],
  [['--ssh', 'a=/none'], /no such file or directory/],
  [
    ['--platform=linux/amd64,linux/arm64', '-o', 'type=tar,dest=y'],
    /^--output: several platforms do not go into one archive/,
  ],
  [['--output', 'type=x,dest=y'], /^--output: invalid build output type "x"/],
  [['--output', 'type=constructor,dest=y'], /^--output: invalid build output type "constructor"/],
  [['--output', 'type=registry,dest=y'], /^--output type=registry is not supported/],
  [['--output', 'type=oci,dest=y,x=z'], /type=oci has no field "x"/],
  [['--cache-to', 'example.com/x', '--layers=false'], /^cannot use --cache-to with --layers=false/],
  [['--output', 'type=local'], /dest is missing/],
  [['--output', 'type=local,dest=-'], /a directory cannot go to standard output/],
  [['--isolation', 'foo'], /^unrecognized isolation type "foo"/],
  [['--isolation', 'chroot'], /^--isolation=chroot is not supported/],
  [['--userns', 'auto'], /^--userns=auto is not supported/],
  [['--volume', '/x'], /^--volume "\/x": incorrect volume format/],
  [['--cap-add', 'xx'], /xx/i],
  [['--platform', 'x/y/z/w'], /^--platform "x\/y\/z\/w"/],
  [['--annotation', 'x'], /annotations must be formatted KEY=VALUE/],
  [['--label', '=x'], /invalid label format/],
  [['--logsplit'], /^cannot use --logsplit without --logfile/],
  [['--memory', 'x'], /invalid size "x"/],
  [['--sbom', 'x'], /--sbom is not supported/],
];

for (const [words, message] of wrong) {
  test(`build ${words.join(' ')} is refused`, async () => {
    await assert.rejects(
      async () => request(words),
      (error: Error) => message.test(error.message),
    );
  });
}
