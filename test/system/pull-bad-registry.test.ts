import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { makeCertificates } from '../helpers/certificates';
import { answers } from '../helpers/fault-answer';
import type { FaultAnswer } from '../helpers/fault-answer';
import { startFaultServer } from '../helpers/fault-server';
import type { Fault } from '../helpers/fault-server';
import { runScriptLacking } from '../helpers/lacking-machine';
import { ociTypes, publishImage, randomLayer } from '../helpers/publish-image';
import type { Published } from '../helpers/publish-image';
import { openPullBench, plain } from '../helpers/pull-bench';
import { removeTree, storeRoot, testFolder } from '../helpers/test-home';
import { tspodProgram } from '../helpers/project';
import { runTspod } from '../helpers/tspod';

const { server, publish, pull, pullFails, requestsOf, withServer } = await openPullBench();
const other = await startFaultServer();

/** Everything in the store; what was fetched and waits for the next pull is no part of it. */
function storeContent(): string[] {
  const folders = ['.', 'images', 'layers', 'blobs/sha256', 'tmp'];
  return folders.flatMap((folder) =>
    readdirSync(join(storeRoot(), folder))
      .filter((name) => name !== 'partial')
      .map((name) => `${folder}/${name}`),
  );
}

/** One error, perhaps with a hint, and nothing else that looks like a failure of the program itself. */
function assertOneError(stderr: string, message: RegExp): void {
  const lines = stderr.trim().split('\n');
  assert.equal(lines.filter((line) => line.startsWith('Error: ')).length, 1, stderr);
  assert.doesNotMatch(stderr, /^ +at |[\u0000-\u0009\u001b]/m);
  assert.match(stderr, message);
}

interface BadRegistry {
  name: string;
  /** Which of the answers is a wrong one; the layer's path is known by the image only. */
  path: RegExp | ((image: Published) => RegExp);
  answer: Fault['answer'];
  message: RegExp;
}

const layerOf = ({ layers: [digest = ''] }: Published): RegExp => new RegExp(digest);
const changed = (change: (bytes: Buffer) => Buffer) => (_request: unknown, normal: FaultAnswer) => {
  const body = change(Buffer.from(normal.body as Buffer));
  return { ...normal, headers: { ...normal.headers, 'content-length': String(body.length) }, body };
};

const rows: BadRegistry[] = [
  { name: 'answers nothing', path: /./, answer: { isDead: true }, message: /pinging container registry/ },
  {
    name: 'answers 401',
    path: /manifests/,
    answer: answers.unauthorized(),
    message: /needs a login: authentication required\nhint: tspod login/,
  },
  {
    name: 'answers 403',
    path: /manifests/,
    answer: answers.error(403, 'DENIED', 'not \u001b[31myours'),
    message: /access is denied: not {2}\[31myours/,
  },
  {
    name: 'answers 404',
    path: /manifests/,
    answer: answers.error(404, 'MANIFEST_UNKNOWN', 'manifest unknown'),
    message: /manifest unknown/,
  },
  {
    name: 'answers 429',
    path: /manifests/,
    answer: answers.tooMany('600'),
    message: /too many requests \(429\), again in 600s: You have reached your pull rate limit/,
  },
  {
    name: 'answers 500 to a manifest',
    path: /manifests/,
    answer: answers.error(500, 'UNKNOWN', 'oops'),
    message: /the registry answered 500 .*: oops/,
  },
  { name: 'answers 503 to a layer', path: layerOf, answer: { status: 503 }, message: /answered 503/ },
  {
    name: 'answers with a web page',
    path: /manifests/,
    answer: answers.html(),
    message: /is a web page \(html\) instead of JSON\nhint: check that .* is a registry/,
  },
  {
    name: 'answers with a web page instead of a layer',
    path: layerOf,
    answer: answers.html(),
    message: /fetching blob .* is a web page \(html\) instead of a blob\nhint: check that/,
  },
  {
    name: 'sends a layer with another digest',
    path: layerOf,
    answer: changed((bytes) => bytes.fill(1, 100, 200)),
    message: /wrong digest/,
  },
  {
    name: 'sends a layer that is too long',
    path: layerOf,
    answer: changed((bytes) => Buffer.concat([bytes, bytes])),
    message: /wrong length: more than the \d+ bytes/,
  },
  {
    name: 'has only the beginning of a layer',
    path: layerOf,
    answer: (request, normal) => {
      const body = (normal.body as Buffer).subarray(0, 1000);
      return request.headers.range === undefined ? { body } : { status: 416 };
    },
    message: /blob sha256:\w+ is truncated: expected \d+ bytes, got 1000/,
  },
  {
    name: 'breaks off in the middle of a layer, always in the same place',
    path: layerOf,
    answer: (request, normal) =>
      request.headers.range === undefined ? { ...normal, breakAfter: 1000 } : { isDead: true },
    message: /closed by the other side|ended early|wrong length/,
  },
  {
    name: 'sends a layer without end',
    path: layerOf,
    answer: { isEndless: true, body: 'x'.repeat(1000) },
    message: /wrong length: more than the \d+ bytes/,
  },
  {
    name: 'sends a manifest without end',
    path: /manifests/,
    answer: { isEndless: true },
    message: /larger than 4 MiB/,
  },
  {
    name: 'redirects without end',
    path: layerOf,
    answer: (request) => answers.redirect(request.url),
    message: /redirects more than 10 times/,
  },
];

for (const { name, path, answer, message } of rows) {
  test(
    `a registry that ${name} is one error, and the store is as before`,
    withServer(async () => {
      await pull('-q', (await publish()).name);
      const before = storeContent();
      const image = await publish({ layers: [await randomLayer(50_000)] });
      server.fault({ path: typeof path === 'function' ? path(image) : path, answer });
      assertOneError(await pullFails('-q', image.name), message);
      assert.deepEqual(storeContent(), before);
      server.clear();
      assert.equal((await pull('-q', image.name)).stdout.trim(), image.id);
    }),
  );
}

test('a registry that is down is one error', async () => {
  const gone = await startFaultServer();
  await gone.stop();
  assertOneError(
    await pullFails('-q', `${gone.host}/a/b`),
    /connection refused\nhint: check that a registry/,
  );
});

test(
  'a slow registry is waited for as long as something comes',
  withServer(async () => {
    const image = await publish({ layers: [await randomLayer(50_000)] });
    server.fault({
      path: /./,
      answer: (_request, normal) => ({ ...normal, wait: 200, pieces: 10_000, pause: 100 }),
    });
    assert.equal((await pull('-q', image.name)).stdout.trim(), image.id);
  }),
);

test(
  'a redirect to another host is followed, and no credentials go there',
  withServer(async () => {
    const image = await publish();
    const [digest = ''] = image.layers;
    other.addBlob('elsewhere', server.repository(image.path).blobs.get(digest) ?? Buffer.alloc(0));
    server.fault({
      path: /./,
      answer: (request, normal) => {
        if (request.headers.authorization === undefined) return answers.unauthorized();
        return request.url.includes(digest)
          ? answers.redirect(`${other.url}/v2/elsewhere/blobs/${digest}`)
          : normal;
      },
    });
    assert.equal((await pull('-q', '--creds', 'ada:secret', image.name)).stdout.trim(), image.id);
    assert.equal(other.requests.length, 1);
    for (const { headers } of other.requests) assert.equal(headers.authorization, undefined);
  }),
);

test(
  'a manifest with a million layers is refused before any of them is asked for',
  withServer(async () => {
    const image = await publish({
      change: (manifest) => ({
        ...manifest,
        layers: Array.from({ length: 1_000_000 }, () => (manifest['layers'] as object[])[0]),
      }),
    });
    server.clear();
    assertOneError(await pullFails('-q', image.name), /larger than 4 MiB/);
    assert.deepEqual(requestsOf('blobs'), []);
  }),
);

test(
  'a configuration that holds what it cannot mean is one error, and fields that are null are absent',
  withServer(async () => {
    const bad = await publish({ config: { config: { Env: [5] } } });
    assertOneError(await pullFails('-q', bad.name), /malformed: config\.Env is not a list of texts/);
    const config = { config: { Cmd: ['/x'], Env: null, Labels: null, Volumes: null }, history: null };
    const { name } = await publish({ config });
    await pull('-q', name);
    const format = ['--format', '{{.Labels}} {{.Created}}', '--filter', `reference=${name}`];
    for (const args of [
      ['images', ...format],
      ['inspect', name],
      ['history', name],
      ['rmi', name],
    ]) {
      await runTspod(args);
    }
  }),
);

test(
  'indexes in indexes without end are one error',
  withServer(async () => {
    const { path, digest } = await publish();
    let inner = { digest, mediaType: ociTypes.manifest, size: 1 };
    for (let depth = 0; depth < 20; depth++) {
      const index = { schemaVersion: 2, mediaType: ociTypes.index, manifests: [inner] };
      const text = JSON.stringify(index);
      inner = {
        digest: server.addManifest(path, index, { tag: 'deep', mediaType: ociTypes.index }),
        mediaType: ociTypes.index,
        size: text.length,
      };
    }
    assertOneError(await pullFails('-q', `${server.host}/${path}:deep`), /nested|deep|lists/);
  }),
);

const certificateFolder = mkdtempSync(join(tmpdir(), 'tspod-bad-registry-'));
after(() => removeTree(certificateFolder));

test('a certificate that nobody vouches for is one error', async () => {
  const secure = await startFaultServer(makeCertificates(certificateFolder));
  const image = await publishImage(secure, {});
  const { stderr } = await runTspod(['pull', '-q', '--retry', '0', image.name], { expectCode: 125 });
  assertOneError(stderr, /certificate .*\nhint: /s);
  assert.equal(secure.requests.length, 0);
  await runTspod(['pull', '-q', plain, image.name]);
});

for (const size of [400, 2500, 5000]) {
  test(`a pull into ${size} KiB that fill up is told of, and leaves the store whole`, async () => {
    server.clear();
    const small = await publish();
    const large = await publish({ layers: [await randomLayer(3_000_000)] });
    const root = join(testFolder('disk'), 'root');
    const script = `
      tspod --root ${root} pull -q ${plain} ${small.name} >/dev/null
      tspod --root ${root} pull -q ${plain} --retry 0 ${large.name} || echo "code $?"
      tspod --root ${root} system check --max 24h
      tspod --root ${root} images -q --no-trunc
      ls ${root}/tmp`;
    const lacks = { subordinateIds: true, space: { path: root, size } };
    const { stdout, stderr } = await runScriptLacking(lacks, script);
    assert.equal(stdout, `code 125\nsha256:${small.id}\n`, stderr);
    assertOneError(stderr, /no space left on device|free on the disk/);
  });
}

test('too few open files are one error', async () => {
  server.clear();
  for (const most of [22, 30]) {
    const { name, id } = await publish({
      layers: await Promise.all([1, 2, 3, 4, 5, 6].map(() => randomLayer())),
    });
    const pull = `exec ${tspodProgram} pull -q --retry 0 ${plain} ${name}`;
    const options = { program: 'sh', expectCode: 125 };
    const { stderr } = await runTspod(['-c', `ulimit -n ${most}; ${pull}`], options);
    assertOneError(stderr, /too many open files/);
    assert.equal((await runTspod(['pull', '-q', plain, name])).stdout.trim(), id);
  }
});

test('a home that cannot be written is one error', async () => {
  const env = { HOME: '/usr/no-such-home', XDG_RUNTIME_DIR: undefined };
  const image = await publish();
  const { stderr } = await runTspod(['pull', '-q', plain, image.name], { env, expectCode: 125 });
  assertOneError(stderr, /cannot be written|permission denied/);
  for (const variable of ['HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME']) {
    const below = await runTspod(['images'], { env: { [variable]: '/proc/x' }, expectCode: 125 });
    assertOneError(below.stderr, /nothing can be kept below \/proc/);
  }
});
