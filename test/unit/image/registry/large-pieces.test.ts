import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as plainRequest } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createSecureServer, request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { makeAgent } from '../../../../src/image/registry/large-pieces';
import { makeCertificates } from '../../../helpers/certificates';

const bodies = Array.from({ length: 6 }, () => randomBytes(3_000_000));
const certificates = mkdtempSync(join(tmpdir(), 'tspod-pieces-'));
const { certificate, key } = makeCertificates(certificates);
const keys = { cert: readFileSync(certificate), key: readFileSync(key) };
rmSync(certificates, { recursive: true });

const answer: RequestListener = (request, response) => {
  const body = bodies[Number(request.url?.slice(1))] ?? Buffer.alloc(0);
  response.setHeader('content-length', body.length);
  response.end(body);
};

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function withServer(protocol: string, run: (get: Get) => Promise<void>): Promise<void> {
  const server: Server = protocol === 'http:' ? createServer(answer) : createSecureServer(keys, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = makeAgent(protocol, { keepAlive: true });
  const request = protocol === 'http:' ? plainRequest : secureRequest;
  const get: Get = (path) =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, agent, rejectUnauthorized: false };
      request(options, resolve).on('error', reject).end();
    });
  try {
    await run(get);
  } finally {
    agent.destroy();
    server.close();
  }
}

type Get = (path: string) => Promise<IncomingMessage>;

for (const protocol of ['http:', 'https:']) {
  test(`bodies that come at once over ${protocol} are whole, however slowly they are read`, () =>
    withServer(protocol, async (get) => {
      const read = async (at: number): Promise<string> => {
        const pieces: Buffer[] = [];
        for await (const piece of (await get(`/${at}`)) as AsyncIterable<Buffer>) {
          pieces.push(piece);
          if (at % 2 === 0) await delay(2);
        }
        return digestOf(Buffer.concat(pieces));
      };
      assert.deepEqual(await Promise.all(bodies.map((_, at) => read(at))), bodies.map(digestOf));
    }));

  test(`a connection over ${protocol} is used again`, () =>
    withServer(protocol, async (get) => {
      const ports = new Set<number | undefined>();
      for (const at of [0, 1, 2]) {
        const response = await get(`/${at}`);
        ports.add(response.socket.localPort);
        assert.equal(
          (await response.toArray()).reduce((sum, { length }) => sum + length, 0),
          3_000_000,
        );
        await delay(10);
      }
      assert.equal(ports.size, 1);
    }));
}
