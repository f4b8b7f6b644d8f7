import assert from 'node:assert/strict';
import test from 'node:test';
import { answers } from '../../../helpers/fault-answer';
import type { FaultAnswer } from '../../../helpers/fault-answer';
import { sha256, startFaultServer } from '../../../helpers/fault-server';
import { withClient } from '../../../helpers/registry-context';
import type { RegistryClient } from '../../../helpers/registry-context';

const server = await startFaultServer();
const large = Buffer.alloc(3_000_000, 'large blob');
const small = Buffer.from('small');

const clean = (run: (client: RegistryClient) => Promise<void>) => async () => {
  server.clear();
  server.repository('up').blobs.clear();
  await withClient(run);
};

/** An upload that remembers from where it was read. */
function upload(bytes: Buffer) {
  const opened: number[] = [];
  return {
    opened,
    digest: sha256(bytes),
    size: bytes.length,
    async *open(from: number): AsyncGenerator<Buffer> {
      opened.push(from);
      for (let at = from; at < bytes.length; at += 65_536) {
        await Promise.resolve();
        yield bytes.subarray(at, Math.min(at + 65_536, bytes.length));
      }
    },
  };
}

const methods = () => server.requests.filter(({ url }) => url !== '/v2/').map(({ method }) => method);

for (const [name, bytes, expected] of [
  ['a small blob with POST and PUT', small, ['POST', 'PUT']],
  ['a large one with PATCH between them', large, ['POST', 'PATCH', 'PUT']],
  ['an empty one', Buffer.alloc(0), ['POST', 'PUT']],
] as const) {
  test(
    `putBlob() sends ${name}`,
    clean(async (client) => {
      const blob = upload(bytes);
      await client.target(`${server.host}/up`).putBlob(blob);
      assert.deepEqual(methods(), expected);
      assert.deepEqual(server.repository('up').blobs.get(blob.digest), bytes);
    }),
  );
}

test(
  'putBlob() goes on from where the registry is when the connection broke',
  clean(async (client) => {
    server.fault({
      method: 'PATCH',
      path: /uploads/,
      times: 1,
      answer: (request) => {
        const id = request.url.split('/').at(-1) ?? '';
        server.repository('up').uploads.set(id, large.subarray(0, 1_000_000));
        return { isDead: true };
      },
    });
    const blob = upload(large);
    await client.target(`${server.host}/up`).putBlob(blob);
    assert.deepEqual(blob.opened, [0, 1_000_000]);
    assert.deepEqual(methods(), ['POST', 'PATCH', 'GET', 'PATCH', 'PUT']);
    assert.equal(server.requests.at(-2)?.headers['content-range'], '1000000-2999999');
    assert.deepEqual(server.repository('up').blobs.get(blob.digest), large);
  }),
);

test(
  'putBlob() begins anew when the registry has forgotten the upload',
  clean(async (client) => {
    server.fault({
      method: 'PATCH',
      path: /uploads/,
      times: 1,
      answer: () => {
        server.repository('up').uploads.clear();
        return { isDead: true };
      },
    });
    const blob = upload(large);
    await client.target(`${server.host}/up`).putBlob(blob);
    assert.deepEqual(blob.opened, [0, 0]);
    assert.deepEqual(server.repository('up').blobs.get(blob.digest), large);
  }),
);

test(
  'putBlob() tells of a digest that the registry does not accept',
  clean(async (client) => {
    const blob = { ...upload(small), digest: sha256(large) };
    await assert.rejects(
      client.target(`${server.host}/up`).putBlob(blob),
      /uploading blob sha256:\w+ to .*\/up: .*provided digest did not match/,
    );
  }),
);

test(
  'putBlob() ends when the registry refuses before it has read everything',
  clean(async (client) => {
    server.fault({ method: 'POST', path: /uploads/, answer: answers.error(403, 'DENIED', 'read only') });
    await assert.rejects(
      client.target(`${server.host}/up`).putBlob(upload(large)),
      /access is denied: read only$/,
    );
  }),
);

test(
  'putBlob() fails with what reading the blob fails with',
  clean(async (client) => {
    const blob = { ...upload(large), open: () => failing() };
    await assert.rejects(client.target(`${server.host}/up`, { retry: 0 }).putBlob(blob), /the disk is gone/);
  }),
);

// eslint-disable-next-line require-yield
async function* failing(): AsyncGenerator<Buffer> {
  await Promise.resolve();
  throw new Error('the disk is gone');
}

test(
  'mountBlob() takes a blob over from another repository',
  clean(async (client) => {
    const digest = server.addBlob('from/here', small);
    const target = client.target(`${server.host}/up`);
    assert.equal(await target.mountBlob(digest, 'from/here'), true);
    assert.equal(await target.hasBlob(digest), small.length);
  }),
);

test(
  'mountBlob() takes back the upload that a registry begins instead',
  clean(async (client) => {
    const target = client.target(`${server.host}/up`);
    assert.equal(await target.mountBlob(sha256(large), 'from/here'), false);
    assert.deepEqual(methods(), ['POST', 'DELETE']);
    assert.equal(await target.hasBlob(sha256(large)), undefined);
  }),
);

test(
  'putManifest() and headManifest() agree',
  clean(async (client) => {
    const target = client.target(`${server.host}/up`);
    const bytes = Buffer.from('{"schemaVersion":2}');
    await target.putManifest('v1', bytes, 'application/vnd.oci.image.manifest.v1+json');
    assert.deepEqual(await target.headManifest('v1'), {
      digest: sha256(bytes),
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      size: bytes.length,
    });
    assert.equal(await target.headManifest('v2'), undefined);
    await target.deleteManifest(sha256(bytes));
    assert.equal(await target.headManifest(sha256(bytes)), undefined);
  }),
);

const strange: readonly [string, FaultAnswer, RegExp][] = [
  ['a web server that says 200 to everything', answers.html(), /answered 200 OK with a web page: is this/],
  ['an answer without end', { isEndless: true }, /the registry answered 200 OK$/],
  [
    'a registry that has something else then',
    { status: 201, headers: { 'docker-content-digest': sha256(Buffer.from('x')) } },
    /writing manifest v1 to \S+: sent sha256:\w+, the registry has sha256:\w+$/,
  ],
];

for (const [name, answer, message] of strange) {
  test(
    `putManifest() is not deceived by ${name}`,
    clean(async (client) => {
      server.fault({ method: 'PUT', path: /manifests/, answer });
      const type = 'application/vnd.oci.image.manifest.v1+json';
      const put = client.target(`${server.host}/up`).putManifest('v1', Buffer.from('{}'), type);
      await assert.rejects(put, { code: 'invalid', message });
    }),
  );
}

test(
  'headManifest() reads the manifest where HEAD does not say enough',
  clean(async (client) => {
    const digest = server.addManifest('up', { schemaVersion: 2 }, { tag: 'x' });
    server.fault({ method: 'HEAD', path: /manifests/, answer: {} });
    assert.equal((await client.source(`${server.host}/up`).headManifest('x'))?.digest, digest);
  }),
);

test(
  'tags() reads all pages',
  clean(async (client) => {
    server.fault({
      path: '/v2/up/tags/list',
      answer: { headers: { link: '</v2/up/tags/list?last=b>; rel="next"' }, body: { tags: ['a', 'b'] } },
    });
    server.fault({ path: /tags.list\?last=b$/, answer: { body: { tags: ['c'] } } });
    assert.deepEqual(await client.source(`${server.host}/up`).tags(), ['a', 'b', 'c']);
  }),
);

test(
  'tags() stops at a list that leads to itself',
  clean(async (client) => {
    server.fault({
      path: /tags/,
      answer: { headers: { link: '</v2/up/tags/list?x>; rel="next"' }, body: { tags: ['a'] } },
    });
    await assert.rejects(client.source(`${server.host}/up`).tags(), /the registry's list has no end$/);
  }),
);

test(
  'tags() of a repository without any is empty',
  clean(async (client) => {
    server.fault({ path: /tags/, answer: { body: { name: 'up', tags: null } } });
    assert.deepEqual(await client.source(`${server.host}/up`).tags(), []);
  }),
);
