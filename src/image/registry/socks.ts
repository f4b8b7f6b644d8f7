import type { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { TspodError } from '../../lib/errors';
import { markTransient } from './transient';
import { reasonOf } from './transport-error';

/** What an agent asks a connection for; more for TLS. */
interface Wanted {
  host: string;
  port: number;
}

/** For each answer of the proxy, in ms. */
const patience = 30_000;

type Finish = (error: Error | null, socket?: Socket) => void;

/** Lets an agent of Node's reach its hosts through a SOCKS proxy of version 5 (RFC 1928), which resolves their names. Error `network`. */
export function throughSocks(agent: Agent, proxy: URL, isSecure: boolean): Agent {
  const createConnection = (options: Wanted, finish: Finish): void => {
    connect(proxy, options).then(
      (socket) => finish(null, isSecure ? withTls(socket, options) : socket),
      (error: unknown) => finish(error instanceof Error ? error : new Error(String(error))),
    );
  };
  return Object.assign(agent, { createConnection });
}

function withTls(socket: Socket, options: object): Socket {
  return process.getBuiltinModule('node:tls').connect({ ...options, socket });
}

async function connect(proxy: URL, { host, port }: Wanted): Promise<Socket> {
  const own = { host: proxy.hostname.replace(/^\[|\]$/g, ''), port: Number(proxy.port || 1080) };
  const socket = process.getBuiltinModule('node:net').connect(own);
  // until Node listens itself; what happens meanwhile fails the reading below
  const ignore = (): void => undefined;
  socket.on('error', ignore).setTimeout(patience, () => socket.destroy(new Error('it does not answer')));
  try {
    await greet(socket, proxy);
    await ask(socket, { host: host.replace(/^\[|\]$/g, ''), port });
    return socket;
  } catch (error) {
    socket.destroy();
    throw failure(proxy, `${host}:${port}`, error);
  } finally {
    socket.off('error', ignore).setTimeout(0);
    socket.removeAllListeners('timeout');
  }
}

/** What went wrong at the proxy itself. */
class SocksError extends Error {
  constructor(
    message: string,
    readonly isLasting: boolean,
  ) {
    super(message);
  }
}

function failure(proxy: URL, target: string, error: unknown): TspodError {
  const what = `the proxy ${proxy.host} does not connect to ${target}: ${reasonOf(error)}`;
  const found = new TspodError('network', what, {
    hint: 'check the address of the proxy, and the account in it, or add the registry to NO_PROXY',
    cause: error,
  });
  return error instanceof SocksError && error.isLasting ? found : markTransient(found);
}

const noAccount = 0;
const account = 2;

/** Agrees on how the user is known (RFC 1928, section 3; RFC 1929). */
async function greet(socket: Socket, { username, password }: URL): Promise<void> {
  const methods = username === '' ? [noAccount] : [noAccount, account];
  socket.write(Buffer.from([5, methods.length, ...methods]));
  const [version, method] = await readExactly(socket, 2);
  if (version !== 5) throw new SocksError('it is not a SOCKS proxy of version 5', true);
  if (method === noAccount) return;
  if (method !== account || username === '') throw new SocksError('it wants an account', true);
  const user = textOf(decodeURIComponent(username));
  socket.write(Buffer.concat([Buffer.from([1]), user, textOf(decodeURIComponent(password))]));
  const [, status] = await readExactly(socket, 2);
  if (status !== 0) throw new SocksError('it does not accept the account', true);
}

const reasons: Record<number, string> = {
  2: 'its rules do not allow it',
  3: 'the network is unreachable',
  4: 'no route to the host',
  5: 'connection refused',
  6: 'it took too long',
  7: 'it cannot connect',
  8: 'it does not know addresses of this kind',
};

/** Has it connect (RFC 1928, sections 4 to 6). */
async function ask(socket: Socket, { host, port }: Wanted): Promise<void> {
  const end = Buffer.from([port >> 8, port & 0xff]);
  socket.write(Buffer.concat([Buffer.from([5, 1, 0]), addressOf(host), end]));
  const [, status = 1, , kind = 0] = await readExactly(socket, 4);
  if (status !== 0) throw new SocksError(reasons[status] ?? 'it failed', status === 2 || status > 6);
  const length = kind === 3 ? (await readExactly(socket, 1))[0] : kind === 4 ? 16 : 4;
  await readExactly(socket, (length ?? 0) + end.length);
}

function addressOf(host: string): Buffer {
  const { isIP, isIPv4 } = process.getBuiltinModule('node:net');
  if (isIP(host) === 0) return Buffer.concat([Buffer.from([3]), textOf(host)]);
  if (isIPv4(host)) return Buffer.from([1, ...host.split('.').map(Number)]);
  return Buffer.from([4, ...wordsOf(host).flatMap((word) => [word >> 8, word & 0xff])]);
}

/** The eight words of an IPv6 address; the URL parser has made it short and lower case, and IPv4 at its end hexadecimal. */
function wordsOf(host: string): number[] {
  const [head = '', tail] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::');
  const parse = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((word) => parseInt(word, 16));
  const [first, last] = [parse(head), parse(tail ?? '')];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}

/** Bytes with their number in front. */
function textOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 255) throw new SocksError('a name is longer than 255 bytes', true);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function readExactly(socket: Socket, size: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      socket.off('readable', read).off('close', ended).off('end', ended).off('error', failed);
    };
    const read = (): void => {
      const bytes = socket.read(size) as Buffer | null;
      if (bytes === null) return;
      stop();
      resolve(bytes);
    };
    const failed = (error: Error): void => {
      stop();
      reject(error);
    };
    const ended = (): void => failed(new Error('it closed the connection'));
    socket.on('readable', read).on('close', ended).on('end', ended).on('error', failed);
    read();
  });
}
