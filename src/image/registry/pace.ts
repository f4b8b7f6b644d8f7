import type { IncomingMessage } from 'node:http';
import type { Timeouts } from './timeouts';

/**
 * Ends a body that trickles: of which fewer than `least` bytes come in `silence` ms, though its reader waits for them. A body
 * of which nothing comes at all is left to the time-out of its connection.
 */
export function watchPace(
  body: IncomingMessage,
  { silence, least }: Pick<Timeouts, 'silence' | 'least'>,
  late: (what: string) => Error,
): void {
  const { socket } = body;
  let before = socket.bytesRead;
  const timer = setInterval(() => {
    const came = socket.bytesRead - before;
    before += came;
    // with bytes that wait to be read it is the reader who is slow
    if (came === 0 || came >= least || body.complete || body.readableLength > 0) return;
    body.destroy(late(`only ${came} bytes came in ${silence / 1000}s`));
  }, silence);
  timer.unref();
  body.once('close', () => clearInterval(timer));
}
