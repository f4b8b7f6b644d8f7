import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A SOCKS proxy of version 5 for tests. */
export interface SocksServer {
  /** `127.0.0.1:PORT`. */
  host: string;
  /** What was asked for, as `ACCOUNT HOST:PORT`. */
  asked: string[];
  stop(): void;
}

/** How it behaves. */
export interface SocksSetup {
  /** `user:password` that it wants. */
  account?: string;
  /** Where it connects to, whatever it is asked for. */
  port: number;
  /** The status that it answers requests with; 0 by default. */
  status?: number;
}

/** Starts a SOCKS proxy on a free port of the loopback device; it answers byte by byte, as a slow one may. */
export async function startSocksServer(setup: SocksSetup): Promise<SocksServer> {
  const asked: string[] = [];
  const server = createServer((socket) => void serve(socket, setup, asked).catch(() => socket.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => void server.close(),
  };
}

async function serve(
  socket: Socket,
  { account, port, status = 0 }: SocksSetup,
  asked: string[],
): Promise<void> {
  socket.on('error', () => undefined);
  const read = reader(socket);
  const answer = (...bytes: number[]): void =>
    bytes.forEach((byte) => void socket.write(Buffer.from([byte])));
  const [, count = 0] = await read(2);
  const methods = await read(count);
  const method = account === undefined ? 0 : 2;
  if (!methods.includes(method)) return void answer(5, 0xff);
  answer(5, method);
  const shown = method === 0 ? '-' : await readAccount(read);
  if (method === 2) answer(1, shown === account ? 0 : 1);
  const [, , , kind = 0] = await read(4);
  const [length = 0] = kind === 3 ? await read(1) : [kind === 1 ? 4 : 16];
  const address = await read(length);
  asked.push(
    `${shown} ${kind === 3 ? address.toString() : address.join('.')}:${(await read(2)).readUInt16BE()}`,
  );
  answer(5, status, 0, 1, 0, 0, 0, 0, 0, 0);
  if (status !== 0) return void socket.end();
  const onward = connect(port, '127.0.0.1');
  onward.on('error', () => socket.destroy()).on('close', () => socket.destroy());
  socket.on('close', () => onward.destroy());
  socket.pipe(onward).pipe(socket);
}

type Read = (size: number) => Promise<Buffer>;

async function readAccount(read: Read): Promise<string> {
  const [, length = 0] = await read(2);
  const user = await read(length);
  const [secret = 0] = await read(1);
  return `${user.toString()}:${(await read(secret)).toString()}`;
}

function reader(socket: Socket): Read {
  return async (size) => {
    for (;;) {
      const bytes = size === 0 ? Buffer.alloc(0) : (socket.read(size) as Buffer | null);
      if (bytes !== null) return bytes;
      if (socket.readableEnded || socket.destroyed) throw new Error('it was closed');
      await new Promise<void>((resolve) => {
        const go = (): void => {
          socket.off('readable', go).off('end', go).off('close', go);
          resolve();
        };
        socket.on('readable', go).on('end', go).on('close', go);
      });
    }
  };
}
