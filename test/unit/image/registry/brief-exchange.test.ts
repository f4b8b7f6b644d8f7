import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import test from 'node:test';
import { exchangeBriefly } from '../../../../src/image/registry/brief-exchange';
import type { HttpResponse } from '../../../../src/image/registry/exchange';
import { transienceOf } from '../../../../src/image/registry/transient';

const timeouts = { connect: 5_000, silence: 5_000, least: 4096, commit: 5_000 };

interface Asked {
  answer: Promise<HttpResponse | undefined>;
  /** What the server has read. */
  request: () => string;
}

/** Sends a HEAD to a server that lets `reply` write to each connection once the request is there. */
async function withServer(
  reply: (socket: Socket) => void,
  check: (asked: Asked) => Promise<void>,
  { silence = timeouts.silence, signal }: { silence?: number; signal?: AbortSignal } = {},
): Promise<void> {
  let seen = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      seen += bytes.toString();
      if (seen.endsWith('\r\n\r\n')) reply(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}/v2/a/b/manifests/latest?n=1`);
  const request = { url, headers: { accept: 'a/b, c/d' }, ...(signal === undefined ? {} : { signal }) };
  try {
    await check({ answer: exchangeBriefly({ ...timeouts, silence }, request), request: () => seen });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

test('a brief request is a whole HEAD, and its answer is read as it comes', () =>
  withServer(
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type:  a/b \r\nX-Empty:\r');
      setTimeout(() => socket.write('\nDocker-Content-Digest: sha256:00\r\n\r\nno body'), 20);
    },
    async ({ answer, request }) => {
      const { method, status, statusMessage, headers, body } = (await answer) ?? assert.fail('no answer');
      assert.deepEqual(
        { method, status, statusMessage },
        { method: 'HEAD', status: 200, statusMessage: 'OK' },
      );
      assert.deepEqual(
        { ...headers },
        { 'content-type': 'a/b', 'x-empty': '', 'docker-content-digest': 'sha256:00' },
      );
      assert.deepEqual(await body.toArray(), []);
      assert.match(
        request(),
        /^HEAD \/v2\/a\/b\/manifests\/latest\?n=1 HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/,
      );
      assert.match(request(), /\r\nconnection: close\r\n(?:.*\r\n)*accept: a\/b, c\/d\r\n/);
    },
  ));

for (const status of [204, 401, 404, 429, 503]) {
  test(`the status ${status} is an answer`, () =>
    withServer(
      (socket) => socket.write(`HTTP/1.1 ${status} Because\r\nRetry-After: 3\r\n\r\n`),
      async ({ answer }) => {
        const response = await answer;
        assert.equal(response?.status, status);
        assert.equal(response.headers['retry-after'], '3');
      },
    ));
}

const unclear: Record<string, string> = {
  'a redirect': 'HTTP/1.1 307 Temporary Redirect\r\nLocation: /\r\n\r\n',
  'an answer before the last one': 'HTTP/1.1 100 Continue\r\n\r\n',
  'another version': 'HTTP/2 200\r\n\r\n',
  'no HTTP': 'SSH-2.0-OpenSSH_9\r\n\r\n',
  'a header twice': 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\ncontent-length: 4\r\n\r\n',
  'a folded line': 'HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\n\r\n',
  'a line that is no header': 'HTTP/1.1 200 OK\r\nrubbish\r\n\r\n',
  'headers without an end': `HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(4_000)}`,
};

for (const [name, text] of Object.entries(unclear)) {
  test(`${name} is left to Node's client`, () =>
    withServer(
      (socket) => socket.write(text),
      async ({ answer }) => assert.equal(await answer, undefined),
    ));
}

test("a connection that is closed, or does not come about, is left to Node's client", async () => {
  await withServer(
    (socket) => socket.end('HTTP/1.1 200 OK\r\nX-A: b\r\n'),
    async ({ answer }) => assert.equal(await answer, undefined),
  );
  const url = new URL('http://127.0.0.1:1/v2/');
  assert.equal(await exchangeBriefly(timeouts, { url, headers: {} }), undefined);
});

test('headers that trickle come too late, which may pass', () =>
  withServer(
    (socket) => {
      const trickle = setInterval(() => socket.write('x'), 20);
      socket.once('close', () => clearInterval(trickle));
    },
    async ({ answer }) => {
      const error: unknown = await answer.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.match(String(error), /contacting http:\/\/127\.0\.0\.1:\d+: no answer within 0\.1s$/);
      assert.notEqual(transienceOf(error), undefined);
    },
    { silence: 100 },
  ));

test('a request that is given up ends with the reason', async () => {
  const controller = new AbortController();
  await withServer(
    () => controller.abort(new Error('enough')),
    async ({ answer }) => assert.rejects(answer, /^Error: enough$/),
    { signal: controller.signal },
  );
  await withServer(
    (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'),
    async ({ answer }) => assert.rejects(answer, /^Error: enough$/),
    { signal: controller.signal },
  );
});
