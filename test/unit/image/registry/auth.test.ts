import assert from 'node:assert/strict';
import test from 'node:test';
import { checkLogin } from '../../../../src/image/registry/check-login';
import { answers } from '../../../helpers/fault-answer';
import type { FaultAnswer } from '../../../helpers/fault-answer';
import { startFaultServer } from '../../../helpers/fault-server';
import type { FaultRequest } from '../../../helpers/fault-server';
import { withClient } from '../../../helpers/registry-context';
import type { RegistryClient } from '../../../helpers/registry-context';

const server = await startFaultServer();
const tokens = await startFaultServer();
const mirror = await startFaultServer();
server.addManifest('a/b', { schemaVersion: 2 }, { tag: 'latest' });
const ada = { username: 'ada', password: 'secret' };
const challenge = `Bearer realm="${tokens.url}/token",service="a service"`;

/** A registry that wants one of these tokens. */
const wantTokens = (good: ReadonlySet<string>) =>
  server.fault({
    path: /^\/v2\//,
    answer: ({ headers }, normal) =>
      good.has(headers.authorization?.replace('Bearer ', '') ?? '')
        ? normal
        : answers.unauthorized(challenge),
  });

const giveTokens = (answer: (request: FaultRequest) => FaultAnswer) =>
  tokens.fault({ path: /^\/token/, answer });

const clean = (run: (client: RegistryClient) => Promise<void>) => async () => {
  for (const each of [server, tokens, mirror]) each.clear();
  await withClient(run);
};

const queryOf = ({ url }: FaultRequest) => new URL(url, 'http://x').searchParams;

for (const field of ['token', 'access_token']) {
  test(
    `a token is asked for once, and read from "${field}"`,
    clean(async (client) => {
      wantTokens(new Set(['good']));
      giveTokens(() => ({ body: { [field]: 'good', expires_in: 300 } }));
      const source = client.source(`${server.host}/a/b`);
      await source.manifest('latest');
      await Promise.all([source.manifest('latest'), source.tags()]);
      assert.equal(tokens.requests.length, 1);
      const [request] = tokens.requests;
      assert.ok(request);
      assert.equal(queryOf(request).get('service'), 'a service');
      assert.deepEqual(queryOf(request).getAll('scope'), ['repository:a/b:pull']);
      assert.equal(request.headers.authorization, undefined);
    }),
  );
}

test(
  'the first requests at once ask for one token',
  clean(async (client) => {
    wantTokens(new Set(['good']));
    giveTokens(() => ({ body: { token: 'good' } }));
    const source = client.source(`${server.host}/a/b`);
    await Promise.all([source.manifest('latest'), source.tags(), source.manifest('latest')]);
    assert.equal(tokens.requests.length, 1);
  }),
);

test(
  'credentials go to the token server, and not to the registry',
  clean(async (client) => {
    wantTokens(new Set(['good']));
    giveTokens(() => ({ body: { token: 'good' } }));
    await client.target(`${server.host}/a/b`, { credentials: ada }).tags();
    const [request] = tokens.requests;
    assert.ok(request);
    assert.equal(request.headers.authorization, `Basic ${Buffer.from('ada:secret').toString('base64')}`);
    assert.equal(queryOf(request).get('account'), 'ada');
    assert.deepEqual(queryOf(request).getAll('scope'), ['repository:a/b:pull,push']);
    assert.ok(server.requests.every(({ headers }) => !headers.authorization?.startsWith('Basic')));
  }),
);

test(
  'a token that the registry does not take any more is replaced once',
  clean(async (client) => {
    const good = new Set(['first']);
    wantTokens(good);
    let count = 0;
    giveTokens(() => ({ body: { token: ['first', 'second', 'third'][count++] ?? 'none' } }));
    const source = client.source(`${server.host}/a/b`);
    await source.manifest('latest');
    good.clear();
    good.add('second');
    await source.manifest('latest');
    good.clear();
    await assert.rejects(source.manifest('latest'), /does not exist or needs a login/);
    assert.equal(tokens.requests.length, 3);
  }),
);

test(
  'a scope that the registry adds is asked for',
  clean(async (client) => {
    const wanted = 'repository:a/b:delete';
    server.fault({
      path: /^\/v2\//,
      answer: ({ headers }, normal) =>
        headers.authorization === 'Bearer more'
          ? normal
          : answers.unauthorized(`${challenge},scope="${wanted}"`),
    });
    giveTokens((request) => ({
      body: { token: queryOf(request).getAll('scope').includes(wanted) ? 'more' : 'less' },
    }));
    await client.source(`${server.host}/a/b`).manifest('latest');
  }),
);

test(
  'an identity token is sent as OAuth 2 wants it',
  clean(async (client) => {
    wantTokens(new Set(['good']));
    giveTokens(() => ({ body: { access_token: 'good' } }));
    const auth = Buffer.from('ada:').toString('base64');
    client.configure(
      'auth.json',
      JSON.stringify({ auths: { [server.host]: { auth, identitytoken: 'refresh me' } } }),
    );
    await client.source(`${server.host}/a/b`).manifest('latest');
    const [request] = tokens.requests;
    assert.equal(request?.method, 'POST');
    assert.deepEqual(Object.fromEntries(new URLSearchParams(String(request?.body))), {
      client_id: 'tspod',
      service: 'a service',
      scope: 'repository:a/b:pull',
      grant_type: 'refresh_token',
      refresh_token: 'refresh me',
    });
  }),
);

test(
  'a token server without GET is asked with POST',
  clean(async (client) => {
    wantTokens(new Set(['good']));
    giveTokens(({ method }) => (method === 'GET' ? { status: 405 } : { body: { access_token: 'good' } }));
    await client.source(`${server.host}/a/b`, { credentials: ada }).manifest('latest');
    const form = new URLSearchParams(String(tokens.requests.at(-1)?.body));
    assert.equal(form.get('grant_type'), 'password');
    assert.equal(form.get('password'), 'secret');
  }),
);

const badTokens: [string, FaultAnswer, RegExp][] = [
  ['no token', { body: {} }, /answered without a token$/],
  ['a token with a line feed', { body: { token: 'a\nb: c' } }, /answered without a token$/],
  ['a web page', answers.html(), /the token of 127.* is a web page \(html\) instead of JSON$/],
  ['an endless answer', { isEndless: true }, /is larger than 4 MiB/],
  ['403', answers.error(403, 'DENIED', 'go away'), /getting a token from .*: access is denied: go away$/],
  ['500', { status: 500 }, /getting a token from .*: the registry answered 500/],
];
for (const [name, answer, message] of badTokens) {
  test(
    `a token server that answers with ${name}`,
    clean(async (client) => {
      wantTokens(new Set());
      giveTokens(() => answer);
      await assert.rejects(client.source(`${server.host}/a/b`).manifest('latest'), message);
    }),
  );
}

test(
  'wrong credentials are said to be wrong, and do not appear',
  clean(async (client) => {
    wantTokens(new Set());
    giveTokens(() => answers.unauthorized());
    await assert.rejects(
      client.source(`${server.host}/a/b`, { credentials: ada }).manifest('latest'),
      (error: Error & { hint?: string; code?: string }) => {
        assert.equal(error.code, 'denied');
        assert.match(error.message, /the credentials are not accepted/);
        assert.doesNotMatch(error.message, /secret/);
        assert.equal(error.hint, `tspod login ${server.host}`);
        return true;
      },
    );
  }),
);

test(
  'a realm that is no address is refused',
  clean(async (client) => {
    server.fault({ path: /^\/v2\//, answer: answers.unauthorized('Bearer realm="ftp://x"') });
    await assert.rejects(client.source(`${server.host}/a/b`).manifest('latest'), /names no token server/);
  }),
);

test(
  'checkLogin() tells good credentials from bad ones',
  clean(async ({ ctx }) => {
    server.fault({
      path: '/v2/',
      answer: ({ headers }, normal) =>
        headers.authorization === `Basic ${Buffer.from('ada:secret').toString('base64')}`
          ? normal
          : answers.unauthorized(),
    });
    await checkLogin(ctx, server.host, { tlsVerify: false, credentials: ada });
    await assert.rejects(
      checkLogin(ctx, server.host, { tlsVerify: false, credentials: { ...ada, password: 'x' } }),
      { code: 'denied' },
    );
  }),
);

test(
  'mirrors come first, are not waited for, and do not get the credentials that were meant for the registry',
  clean(async (client) => {
    mirror.fault({ path: /^\/v2\//, answer: answers.unauthorized() });
    client.configure(
      'registries.conf',
      [
        `[[registry]]\nprefix = "example.com/team"\nlocation = "${server.host}/a"\ninsecure = true`,
        `[[registry.mirror]]\nlocation = "${mirror.host}/copy"\ninsecure = true`,
        `[[registry.mirror]]\nlocation = "127.0.0.1:1/x"\npull-from-mirror = "digest-only"`,
        `[[registry]]\nlocation = "bad.io"\nblocked = true`,
      ].join('\n'),
    );
    const options = { credentials: ada, retryDelay: 60_000 };
    const sources = client.sources('example.com/team/b:latest', options);
    assert.deepEqual(
      sources.map(({ name }) => name),
      [`${mirror.host}/copy/b`, `${server.host}/a/b`],
    );
    await assert.rejects(sources[0]?.manifest('latest') ?? Promise.resolve(), /needs a login/);
    assert.ok(mirror.requests.every(({ headers }) => headers.authorization === undefined));
    await sources[1]?.manifest('latest');
    const digest = `sha256:${'a'.repeat(64)}`;
    const down = client.sources(`example.com/team/b@${digest}`, options)[1];
    await assert.rejects(down?.manifest(digest) ?? Promise.resolve(), /connection refused/);
    assert.throws(
      () => client.sources('bad.io/a'),
      /^TspodError: registry bad\.io is blocked in .*registries\.conf$/,
    );
  }),
);
