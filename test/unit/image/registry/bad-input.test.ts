import assert from 'node:assert/strict';
import test from 'node:test';
import { answers } from '../../../helpers/fault-answer';
import type { FaultAnswer } from '../../../helpers/fault-answer';
import { sha256, startFaultServer } from '../../../helpers/fault-server';
import type { FaultServer } from '../../../helpers/fault-server';
import { withClient } from '../../../helpers/registry-context';
import type { RegistryClient } from '../../../helpers/registry-context';

const server = await startFaultServer();
const blob = Buffer.alloc(200_000, 'layer');
server.addBlob('a/b', blob);
const manifest = { schemaVersion: 2, config: {}, layers: [] };
const manifestDigest = server.addManifest('a/b', manifest, { tag: 'latest' });
const other = await startFaultServer();

/** Runs a test with no faults left from the one before. */
const withServer = (run: (client: RegistryClient, server: FaultServer) => Promise<void>) => async () => {
  server.clear();
  other.clear();
  await withClient((client) => run(client, server));
};

interface Row {
  name: string;
  answer: FaultAnswer;
  code: string;
  message: RegExp;
  hint?: RegExp;
  requests?: number;
}

const rows: Row[] = [
  {
    name: '401',
    answer: answers.unauthorized(),
    code: 'denied',
    message:
      /reading manifest latest in 127\.0\.0\.1:\d+\/a\/b: it does not exist or needs a login: authentication required$/,
    hint: /^tspod login 127\.0\.0\.1:\d+$/,
  },
  {
    name: '403',
    answer: answers.error(403, 'DENIED', 'not yours'),
    code: 'denied',
    message: /: access is denied: not yours$/,
    hint: /tspod login/,
  },
  {
    name: '404',
    answer: answers.error(404, 'MANIFEST_UNKNOWN', 'manifest unknown'),
    code: 'not-found',
    message: /a\/b: manifest unknown$/,
  },
  { name: '404 without a word', answer: { status: 404 }, code: 'not-found', message: /a\/b: not found$/ },
  {
    name: '404 with a web page',
    answer: answers.html(404),
    code: 'not-found',
    message: /answered 404 Not Found with a web page: is this a registry\?$/,
  },
  {
    name: '429',
    answer: answers.tooMany('0'),
    code: 'network',
    message: /too many requests \(429\), again in 0s: You have reached your pull rate limit\.$/,
    hint: /log in for a higher limit: tspod login/,
    requests: 4,
  },
  {
    name: '429 for hours, without waiting',
    answer: answers.tooMany('21600'),
    code: 'network',
    message: /again in 21600s/,
    requests: 1,
  },
  {
    name: '500',
    answer: answers.error(500, 'UNKNOWN', 'oops'),
    code: 'network',
    message: /the registry answered 500 Internal Server Error: oops$/,
    requests: 4,
  },
  {
    name: '503 with a web page',
    answer: answers.html(503),
    code: 'network',
    message: /answered 503 Service Unavailable with a web page/,
    requests: 4,
  },
  {
    name: '418',
    answer: { status: 418, body: 'short and stout' },
    code: 'invalid',
    message: /answered 418 I'm a Teapot: short and stout$/i,
  },
  {
    name: 'control characters in the message',
    answer: answers.error(403, 'DENIED', 'a\u001b[31mred\u0007\u202e\nb'),
    code: 'denied',
    message: /denied: a \[31mred b$/,
  },
  {
    name: 'an endless error message',
    answer: { status: 403, isEndless: true },
    code: 'denied',
    message: /access is denied$/,
  },
  {
    name: 'a web page instead of a manifest',
    answer: answers.html(),
    code: 'invalid',
    message: /the answer is a web page \(html\) instead of JSON$/,
    hint: /is a registry/,
  },
  {
    name: 'rubbish instead of a manifest',
    answer: { body: 'hello' },
    code: 'invalid',
    message: /the answer is not JSON$/,
  },
  {
    name: 'an endless manifest',
    answer: { isEndless: true },
    code: 'invalid',
    message: /the manifest is larger than 4 MiB/,
  },
  {
    name: 'a manifest that says it is huge',
    answer: { headers: { 'content-length': '99999999' }, breakAfter: 10, body: 'x'.repeat(100) },
    code: 'invalid',
    message: /larger than 4 MiB/,
  },
  {
    name: 'a manifest that breaks off',
    answer: { body: manifest, breakAfter: 5 },
    code: 'network',
    message: /the connection was closed by the other side$/,
    requests: 4,
  },
  {
    name: 'a connection that is closed without a word',
    answer: { isDead: true },
    code: 'network',
    message: /the connection was closed by the other side$/,
    requests: 4,
  },
  {
    name: 'Docker schema 1',
    answer: {
      headers: { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' },
      body: { schemaVersion: 1 },
    },
    code: 'unsupported',
    message: /Docker manifest of schema 1/,
  },
  {
    name: 'Docker schema 1 without a type',
    answer: { body: { schemaVersion: 1 } },
    code: 'unsupported',
    message: /Docker manifest of schema 1/,
  },
  {
    name: 'a digest header that is another',
    answer: { headers: { 'docker-content-digest': sha256(Buffer.from('x')) }, body: manifest },
    code: 'invalid',
    message: /expected digest sha256:2d71\w+, got sha256:/,
  },
  {
    name: 'a redirect to nowhere',
    answer: { status: 307 },
    code: 'invalid',
    message: /redirects to nowhere$/,
  },
  {
    name: 'a redirect to a file',
    answer: answers.redirect('file:///etc/passwd'),
    code: 'invalid',
    message: /redirects to an address of kind "file:"$/,
  },
  {
    name: 'a redirect to itself',
    answer: answers.redirect('/v2/a/b/manifests/latest'),
    code: 'invalid',
    message: /redirects more than 10 times$/,
    requests: 11,
  },
];

for (const row of rows) {
  test(
    `manifest() fails with one clear error: ${row.name}`,
    withServer(async (client) => {
      server.fault({ path: '/v2/a/b/manifests/latest', answer: row.answer });
      await assert.rejects(
        client.source(`${server.host}/a/b`).manifest('latest'),
        (error: Error & { code?: string; hint?: string; exitCode?: number }) => {
          assert.match(error.message, row.message);
          assert.equal(error.code, row.code);
          assert.equal(error.exitCode, 125);
          if (row.hint !== undefined) assert.match(error.hint ?? '', row.hint);
          return true;
        },
      );
      const asked = server.requests.filter(({ url }) => url.includes('/manifests/'));
      if (row.requests !== undefined) assert.equal(asked.length, row.requests);
    }),
  );
}

test(
  'manifest() refuses what does not have the digest that was asked for',
  withServer(async (client) => {
    server.fault({
      path: /manifests/,
      answer: (_request, normal) => ({ ...normal, headers: {}, body: { ...manifest, a: 1 } }),
    });
    await assert.rejects(
      client.source(`${server.host}/a/b`).manifest(manifestDigest),
      /expected digest sha256:\w+, got sha256:/,
    );
  }),
);

test(
  'manifest() succeeds when a failure passes, and tells of it',
  withServer(async (client) => {
    server.fault({ path: /manifests/, times: 2, answer: answers.error(503, 'UNAVAILABLE', 'later') });
    const { digest: got } = await client.source(`${server.host}/a/b`).manifest('latest');
    assert.equal(got, manifestDigest);
    assert.equal(client.said.length, 2);
    assert.match(
      client.said[0] ?? '',
      /^warn: reading manifest .* 503 Service Unavailable: later; trying again in 1ms \(1\/3\)$/,
    );
  }),
);

test(
  '--retry 0 asks once',
  withServer(async (client) => {
    server.fault({ path: /manifests/, answer: { status: 500 } });
    await assert.rejects(client.source(`${server.host}/a/b`, { retry: 0 }).manifest('latest'), /500/);
    assert.equal(server.requests.filter(({ url }) => url.includes('manifests')).length, 1);
  }),
);

test(
  'Retry-After counts more than --retry-delay',
  withServer(async (client) => {
    server.fault({ path: /manifests/, times: 1, answer: answers.tooMany('1') });
    const start = Date.now();
    await client.source(`${server.host}/a/b`, { retryDelay: 60_000 }).manifest('latest');
    assert.ok(Date.now() - start >= 950);
  }),
);
