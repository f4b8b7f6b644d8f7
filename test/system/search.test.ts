import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { answers } from '../helpers/fault-answer';
import { startFaultServer } from '../helpers/fault-server';
import type { FaultServer } from '../helpers/fault-server';
import { startRegistry } from '../helpers/registry';
import type { TestRegistry } from '../helpers/registry';
import { testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';

// what `search` of Podman 5.4.2 prints for the same answers of the same server is written out below
const results = [
  {
    name: 'library/alpine',
    description: 'A minimal Docker image based on Alpine Linux with a complete package index',
    is_official: true,
    star_count: 11000,
  },
  { name: 'alpine', description: 'two\nlines', is_automated: true, star_count: 3 },
  { name: 'me/alp', description: '', star_count: 0 },
  { name: 'evil/alp', description: `\u001b[31m${'äöü'.repeat(10)}`, star_count: 12 },
];

let fake: FaultServer;
let registry: TestRegistry;

before(async () => {
  fake = await startFaultServer();
  fake.fault({
    path: /^\/v1\/search/,
    answer: ({ url }) => {
      const query = new URL(url, 'http://x').searchParams;
      const found = query.get('q') === 'alp' ? results.slice(0, Number(query.get('n'))) : [];
      return { body: { num_results: found.length, results: found } };
    },
  });
  for (const tag of ['v1', 'v2', 'v3']) fake.addManifest('a/b', { schemaVersion: 2, tag }, { tag });
  registry = await startRegistry();
  for (const path of ['tools/git', 'tools/gitlab', 'web/nginx']) await putEmptyImage(registry, path);
});

/** docker-registry lists a repository as soon as it has an upload; the manifest gives it a tag. */
async function putEmptyImage({ url }: TestRegistry, path: string): Promise<void> {
  const start = await fetch(`${url}/v2/${path}/blobs/uploads/`, { method: 'POST' });
  const digest = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
  const end = new URL(start.headers.get('location') ?? '');
  end.searchParams.set('digest', digest);
  assert.equal((await fetch(end, { method: 'PUT', body: '{}' })).status, 201);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 2 };
  const body = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [] });
  const headers = { 'content-type': mediaType };
  const put = await fetch(`${url}/v2/${path}/manifests/v1`, { method: 'PUT', body, headers });
  assert.equal(put.status, 201);
}

const search = (...args: string[]) => runTspod(['search', '--tls-verify=false', ...args]);

test('search prints names and shortened descriptions', async () => {
  const { stdout } = await search(`${fake.host}/alp`);
  const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, '|'));
  assert.deepEqual(lines, [
    'NAME|DESCRIPTION',
    `${fake.host}/library/alpine|A minimal Docker image based on Alpine Linux...`,
    `${fake.host}/alpine|two lines`,
    `${fake.host}/me/alp`,
    `${fake.host}/evil/alp|[31m${'äöü'.repeat(6)}äö...`,
    '',
  ]);
});

const tables: [string, string[], string[]][] = [
  [
    '--compatible adds columns',
    ['--compatible', '--limit', '1'],
    ['STARS', 'OFFICIAL', 'AUTOMATED', '11000', '[OK]'],
  ],
  ['--no-trunc prints descriptions in full', ['--no-trunc'], ['with a complete package index']],
];
for (const [name, args, expected] of tables) {
  test(`search ${name}`, async () => {
    const { stdout } = await search(...args, `${fake.host}/alp`);
    for (const text of expected) assert.ok(stdout.includes(text), stdout);
  });
}

const filters: [string[], string[]][] = [
  [['is-official'], ['library/alpine']],
  [['is-official=false'], ['alpine', 'me/alp', 'evil/alp']],
  [['stars=5'], ['library/alpine', 'evil/alp']],
  [['stars=3', 'is-automated'], ['alpine']],
  [['stars=99999'], []],
];
for (const [given, expected] of filters) {
  test(`search --filter ${given.join(' --filter ')}`, async () => {
    const flags = given.flatMap((filter) => ['--filter', filter]);
    const { stdout } = await search(...flags, '--format', '{{.Name}}', `${fake.host}/alp`);
    assert.deepEqual(
      stdout.split('\n').filter(Boolean),
      expected.map((name) => `${fake.host}/${name}`),
    );
  });
}

test('search --limit asks for no more, and prints no more', async () => {
  const { stdout } = await search('--limit', '2', '--format', '{{.Stars}}', `${fake.host}/alp`);
  assert.equal(stdout, '11000\n3\n');
  assert.ok(fake.requests.some(({ url }) => url === '/v1/search?q=alp&n=2'));
});

test('search --format json prints everything', async () => {
  const { stdout } = await search('--limit', '1', '--format', 'json', `${fake.host}/alp`);
  assert.deepEqual(JSON.parse(stdout), [
    {
      Index: fake.host,
      Name: `${fake.host}/library/alpine`,
      Description: 'A minimal Docker image based on Alpine Linux with a complete package index',
      Stars: 11000,
      Official: '[OK]',
      Automated: '',
      Tag: '',
    },
  ]);
});

test('search --format takes a table', async () => {
  const { stdout } = await search('--format', 'table {{.Name}} {{.Stars}}', `${fake.host}/alp`);
  assert.match(stdout, /^NAME +STARS\n127\S+\/library\/alpine +11000\n/);
});

test('search --list-tags lists tags, and as JSON by name', async () => {
  const { stdout } = await search('--list-tags', '--limit', '2', `${fake.host}/a/b`);
  assert.match(stdout, /^NAME +TAG\n127\S+\/a\/b +v1\n127\S+\/a\/b +v2\n$/);
  const json = await search('--list-tags', '--format', 'json', `${fake.host}/a/b`);
  assert.deepEqual(JSON.parse(json.stdout), [{ Name: `${fake.host}/a/b`, Tags: ['v1', 'v2', 'v3'] }]);
});

test('search looks through the list of docker-registry, which has no search of its own', async () => {
  const names = async (term: string) =>
    (await search('--format', '{{.Name}}', `${registry.host}/${term}`)).stdout.split('\n').filter(Boolean);
  assert.deepEqual(await names('git'), [`${registry.host}/tools/git`, `${registry.host}/tools/gitlab`]);
  assert.deepEqual(await names('tools/git'), [`${registry.host}/tools/git`, `${registry.host}/tools/gitlab`]);
  assert.equal((await names('')).length, 3);
  assert.deepEqual(await names('nothing'), []);
  const { stdout } = await search('--list-tags', `${registry.host}/web/nginx`);
  assert.match(stdout, /web\/nginx +v1\n$/);
});

test('search of a short term asks all registries of registries.conf, and tells of the one that fails', async () => {
  const folder = join(testHome().home, '.config/containers');
  mkdirSync(folder, { recursive: true });
  const conf = `unqualified-search-registries = ["127.0.0.1:1", "${fake.host}", "${registry.host}"]\n`;
  writeFileSync(join(folder, 'registries.conf'), conf);
  const { stdout, stderr } = await search('--format', '{{.Index}}', 'alp');
  assert.deepEqual(new Set(stdout.split('\n').filter(Boolean)), new Set([fake.host]));
  assert.match(stderr, /couldn't search registry "127\.0\.0\.1:1"/);
});

const bad: [string, string[], RegExp][] = [
  [
    'a registry that is down',
    ['127.0.0.1:1/x'],
    /^Error: couldn't search registry "127\.0\.0\.1:1": pinging container registry 127\.0\.0\.1:1: .*connection refused/,
  ],
  ['an unknown filter', ['--filter', 'x=y', 'a/b'], /^Error: invalid filter type "x=y"/],
  [
    'stars without a number',
    ['--filter', 'stars', 'a/b'],
    /^Error: invalid filter "stars", should be stars=<value>/,
  ],
  ['stars with a word', ['--filter', 'stars=many', 'a/b'], /expected a number of stars/],
  [
    'a filter of tags',
    ['--list-tags', '--filter', 'is-official', 'a/b'],
    /^Error: filters are not applicable to list tags result/,
  ],
  ['a malformed repository', ['--list-tags', '127.0.0.1:1/Up'], /has to be lower case/],
  ['nothing to look for', [], /^Error: /],
  ['a registry without a name', ['/x'], /^Error: search term "\/x": no registry stands before the slash/],
  ['a negative limit', ['--limit=-1', 'a/b'], /--limit -1: it is negative/],
];
for (const [name, args, message] of bad) {
  test(`search refuses ${name}`, async () => {
    const { stderr, stdout } = await runTspod(['search', '--tls-verify=false', ...args], { expectCode: 125 });
    assert.match(stderr, message);
    assert.equal(stdout, '');
  });
}

test('search of a field that there is not names it', async () => {
  const args = ['search', '--tls-verify=false', '--format', '{{.Foo}}', `${fake.host}/alp`];
  const { stderr } = await runTspod(args, { expectCode: 125 });
  assert.match(stderr, /can't evaluate field Foo/);
});

test('search of a registry that answers with web pages says so', async () => {
  const hotel = await startFaultServer();
  hotel.fault({ path: /^\/v[12]\//, answer: answers.html() });
  const args = ['search', '--tls-verify=false', `${hotel.host}/x`];
  const { stderr } = await runTspod(args, { expectCode: 125 });
  assert.match(stderr, /is a web page \(html\) instead of JSON/);
});

test('search verifies certificates unless it is told otherwise', async () => {
  const secure = await startRegistry({ tls: true });
  const { stderr } = await runTspod(['search', `${secure.host}/x`], { expectCode: 125 });
  assert.match(stderr, /the certificate of \S+ is not accepted/);
  await search(`${secure.host}/x`);
  const folder = join(testHome().home, 'certificates');
  mkdirSync(folder);
  const { readFileSync } = await import('node:fs');
  writeFileSync(join(folder, 'ca.crt'), readFileSync(secure.certificates?.ca ?? ''));
  await runTspod(['search', '--cert-dir', folder, `${secure.host}/x`]);
});
