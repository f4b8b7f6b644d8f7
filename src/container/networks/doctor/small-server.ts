import type { AddressInfo } from 'node:net';

const PATIENCE_MS = 5000;
const AGAIN_MS = 20;

/** A server on every address of the host that says `works`, and as many bytes as are wanted behind it, until it is closed. */
export async function answerAll(more = 0): Promise<{ port: number; close(): void }> {
  const { createServer } = await import('node:net');
  const body = `works\n${'x'.repeat(more)}`;
  const answer = `HTTP/1.0 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '0.0.0.0', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => void server.close(),
  };
}

/** What a server on this port of the loopback says to a request, once it is up; undefined when it never is. */
export async function askPort(port: number): Promise<string | undefined> {
  const end = performance.now() + PATIENCE_MS;
  for (let heard: string; performance.now() < end; await pause()) {
    heard = await ask(port);
    if (heard !== '') return heard;
  }
  return undefined;
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, AGAIN_MS));

async function ask(port: number): Promise<string> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('GET / HTTP/1.0\r\n\r\n'));
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('data', (data) => (heard += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}
