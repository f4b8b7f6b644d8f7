import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { dockerTypes, ociTypes, randomLayer } from '../helpers/publish-image';
import type { Publication, Published } from '../helpers/publish-image';
import { assertNothingHalf, openPullBench, partials, plain } from '../helpers/pull-bench';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const { server, publish, pull, pullFails, requestsOf, withServer } = await openPullBench();

for (const [what, mediaType, pack] of [
  ['uncompressed', 'application/vnd.oci.image.layer.v1.tar', (data: Buffer) => data],
  [
    'zstd',
    'application/vnd.oci.image.layer.v1.tar+zstd',
    (data: Buffer) => execFileSync('zstd', ['-c'], { input: data }),
  ],
] as const) {
  test(
    `pull unpacks ${what} layers`,
    withServer(async () => {
      const image = await publish({ types: { ...ociTypes, layer: mediaType }, pack });
      assert.equal((await pull('-q', image.name)).stdout.trim(), image.id);
      assertNothingHalf();
    }),
  );
}

for (const [what, types] of [
  ['OCI', ociTypes],
  ['Docker', dockerTypes],
] as const) {
  test(
    `pull brings an image of ${what}'s types, prints its id, and run finds it`,
    withServer(async () => {
      const image = await publish({ types });
      const { stdout, stderr } = await pull(image.name);
      assert.equal(stdout, `${image.id}\n`);
      assert.match(stderr, /^Trying to pull .*\nGetting image source signatures\nCopying blob sha256:/);
      assert.match(stderr, /Copying config sha256:[0-9a-f]{64}\nWriting manifest to image destination\n$/);
      const { stdout: digest } = await runTspod(['image', 'inspect', '-f', '{{.Digest}}', image.name]);
      assert.equal(digest.trim(), image.digest);
      assertNothingHalf();
      assert.deepEqual(partials(), []);
    }),
  );
}

test(
  'a second pull asks only whether the tag has moved, and fetches nothing',
  withServer(async () => {
    const image = await publish();
    await pull('-q', image.name);
    server.clear();
    const { stdout, stderr } = await pull('-q', image.name);
    assert.deepEqual([stdout, stderr], [`${image.id}\n`, '']);
    assert.deepEqual([requestsOf('blobs'), requestsOf('manifests')], [[], []]);
  }),
);

test(
  'a tag that has moved is pulled, and only the layers that are not here are fetched',
  withServer(async () => {
    const base = await randomLayer();
    const first = await publish({ layers: [base] });
    await pull('-q', first.name);
    const second = await publish({ layers: [base, await randomLayer()], path: first.path });
    server.clear();
    const { stdout, stderr } = await pull(second.name);
    assert.equal(stdout, `${second.id}\n`);
    assert.match(stderr, /Copying blob sha256:[0-9a-f]{64} skipped: already exists/);
    assert.ok(!requestsOf('blobs').some((url) => url.includes(second.layers[0] ?? '')));
    const { stdout: names } = await runTspod(['images', '--no-trunc', '--format', '{{.ID}} {{.Tag}}']);
    assert.ok(names.includes(`sha256:${first.id} <none>`), names);
  }),
);

test(
  'pull by digest, and by tag and digest, gives a name without tag',
  withServer(async () => {
    const image = await publish();
    await pull('-q', `${image.name}@${image.digest}`);
    await pull('-q', `${image.name}:latest@${image.digest}`);
    await runTspod(['image', 'exists', `${image.name}@${image.digest}`]);
    await runTspod(['image', 'exists', image.name], { expectCode: 1 });
  }),
);

test(
  'a wrong digest in the name is an error',
  withServer(async () => {
    const image = await publish();
    assert.match(await pullFails(`${image.name}@sha256:${'0'.repeat(64)}`), /manifest unknown|not found/);
  }),
);

test(
  'of an index the platform that is asked for is chosen, nested ones too',
  withServer(async () => {
    const path = uniqueName('multi');
    const images = await Promise.all(
      ['amd64', 'arm64'].map((architecture) => publish({ path, architecture, tag: architecture })),
    );
    const describe = (image: Published | undefined, architecture: string) => ({
      mediaType: ociTypes.manifest,
      digest: image?.digest,
      size: server.repository(path).manifests.get(image?.digest ?? '')?.bytes.length,
      platform: { os: 'linux', architecture },
    });
    const inner = { schemaVersion: 2, mediaType: ociTypes.index, manifests: [describe(images[1], 'arm64')] };
    const innerDigest = server.addManifest(path, inner, { mediaType: ociTypes.index });
    const outer = {
      schemaVersion: 2,
      mediaType: ociTypes.index,
      manifests: [
        describe(images[0], 'amd64'),
        {
          ...describe(images[1], 'arm64'),
          mediaType: ociTypes.index,
          digest: innerDigest,
          size: JSON.stringify(inner).length,
        },
      ],
    };
    const outerDigest = server.addManifest(path, outer, { tag: 'all', mediaType: ociTypes.index });
    const name = `${server.host}/${path}:all`;
    assert.equal((await pull('-q', '--platform', 'linux/arm64', name)).stdout.trim(), images[1]?.id);
    const { stderr } = await runTspod(['create', name, '/program']);
    assert.match(stderr, /^Warning: image platform \(linux\/arm64\) does not match the expected platform/);
    assert.equal((await pull('-q', '--arch', 'amd64', name)).stdout.trim(), images[0]?.id);
    server.clear();
    assert.equal((await pull('-q', '--arch', 'amd64', name)).stdout.trim(), images[0]?.id);
    assert.deepEqual(requestsOf('manifests'), []);
    const pinned = `${server.host}/${path}@${outerDigest}`;
    await runTspod(['image', 'exists', pinned]);
    // the digest that means the same on every machine comes first
    const { stdout } = await runTspod(['image', 'inspect', '--format', '{{json .RepoDigests}}', name]);
    assert.deepEqual(JSON.parse(stdout), [pinned, `${server.host}/${path}@${images[0]?.digest}`]);
    const listed = await runTspod(['images', '--digests', '-n', '--format', '{{.Digest}}', name]);
    assert.equal(listed.stdout.trim(), outerDigest);
    await runTspod(['rmi', '-f', images[0]?.id ?? '']);
    await pull('-q', '--arch', 'amd64', pinned);
    const tags = await runTspod(['image', 'inspect', '--format', '{{json .RepoTags}}', pinned]);
    assert.equal(tags.stdout.trim(), '[]');
    assert.match(
      await pullFails('--arch', 's390x', name),
      /no image for linux\/s390x, only for linux\/amd64, linux\/arm64/,
    );
  }),
);

test(
  '--all-tags pulls every tag',
  withServer(async () => {
    const path = uniqueName('tags');
    const images = await Promise.all(['a', 'b'].map((tag) => publish({ path, tag })));
    const { stdout } = await pull('-q', '--all-tags', `${server.host}/${path}`);
    assert.deepEqual(stdout.trim().split('\n').sort(), images.map(({ id }) => id).sort());
  }),
);

const refusals: { name: string; change: Publication['change']; message: RegExp }[] = [
  {
    name: 'an artifact',
    change: (manifest) => ({
      ...manifest,
      config: { ...(manifest['config'] as object), mediaType: 'application/vnd.example.sbom+json' },
    }),
    message: /it is an artifact of the type "application\/vnd\.example\.sbom\+json", not an image/,
  },
  {
    name: 'a foreign layer',
    change: (manifest) => ({
      ...manifest,
      layers: (manifest['layers'] as object[]).map((each) => ({
        ...each,
        mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      })),
    }),
    message: /layer [0-9a-f]{12} is a foreign one/,
  },
  {
    name: 'a layer of an unknown type',
    change: (manifest) => ({
      ...manifest,
      layers: (manifest['layers'] as object[]).map((each) => ({ ...each, mediaType: 'text/plain' })),
    }),
    message: /is of the unknown type "text\/plain"/,
  },
  {
    name: 'a manifest with ten thousand layers',
    change: (manifest) => ({
      ...manifest,
      layers: Array.from({ length: 10_000 }, () => (manifest['layers'] as object[])[0]),
    }),
    message: /10000 layers are more than the 500/,
  },
];

for (const { name, change, message } of refusals) {
  test(
    `pull refuses ${name} by name and fetches no layer`,
    withServer(async () => {
      const image = await publish({ ...(change === undefined ? {} : { change }) });
      server.clear();
      assert.match(await pullFails(image.name), message);
      assert.deepEqual(requestsOf('blobs'), []);
    }),
  );
}

test(
  'the policies of pull: missing and never ask nothing of what is here, newer is content with it',
  withServer(async () => {
    const image = await publish();
    await runTspod(['pull', plain, '--policy', 'never', image.name], { expectCode: 125 });
    await pull('-q', '--policy', 'missing', image.name);
    server.clear();
    for (const policy of ['missing', 'never']) await pull('-q', '--policy', policy, image.name);
    assert.deepEqual(server.requests, []);
    server.fault({ path: /./, answer: { isDead: true } });
    assert.equal((await pull('-q', '--retry', '0', '--policy', 'newer', image.name)).stdout.trim(), image.id);
    await pullFails(image.name);
  }),
);

test(
  'create pulls what is missing, as --pull says',
  withServer(async () => {
    const image = await publish();
    const { stderr } = await runTspod(['create', '--pull', 'never', image.name], { expectCode: 125 });
    assert.match(stderr, /image not known/);
    const made = await runTspod(['create', plain, image.name]);
    assert.match(made.stdout, /^[0-9a-f]{64}\n$/);
    assert.match(made.stderr, /^Trying to pull /);
    server.clear();
    const again = await runTspod(['create', plain, '-q', '--network', 'none', image.name]);
    assert.deepEqual([again.stderr, server.requests], ['', []]);
    await runTspod(['create', plain, '-q', '--pull', 'always', image.name]);
    assert.equal(requestsOf('manifests', 'HEAD').length, 1);
    await runTspod(['rm', '-a']);
  }),
);

test(
  'run --rmi removes container and image at the end, and keeps the exit status',
  withServer(async () => {
    await runTspod(['run', '--rm', '--network', 'none', 'busybox', 'true']);
    await runTspod(['tag', 'busybox', 'localhost/gone:1']);
    const options = ['--rmi', '--network', 'none', '--pull', 'never'];
    await runTspod(['run', ...options, 'localhost/gone:1', 'sh', '-c', 'exit 7', '--rmi'], { expectCode: 7 });
    await runTspod(['image', 'exists', 'localhost/gone:1'], { expectCode: 1 });
    assert.equal((await runTspod(['ps', '-aq'])).stdout, '');
    await runTspod(['run', '-d', '--rmi', 'busybox', 'true'], { expectCode: 125 });
  }),
);
