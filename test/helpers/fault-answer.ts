import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** An answer of the fault server; with nothing given: 200 and an empty body. */
export interface FaultAnswer {
  status?: number;
  headers?: Record<string, string | string[]>;
  /** An object is sent as JSON. */
  body?: Buffer | string | object;
  /** Milliseconds before the first byte. */
  wait?: number;
  /** Sends the body in pieces of so many bytes, `pause` milliseconds (20 by default) between them. */
  pieces?: number;
  pause?: number;
  /** Breaks the connection after so many bytes of the body; Content-Length promises all of it. */
  breakAfter?: number;
  /** The body never ends. */
  isEndless?: boolean;
  /** Closes the connection without a word. */
  isDead?: boolean;
}

/** Answers that are wanted often. */
export const answers = {
  /** An error as the distribution specification has it. */
  error(status: number, code: string, message: string, headers: Record<string, string> = {}): FaultAnswer {
    return { status, headers, body: { errors: [{ code, message, detail: null }] } };
  },
  unauthorized(challenge = 'Basic realm="tests"'): FaultAnswer {
    return answers.error(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge });
  },
  tooMany(retryAfter?: string): FaultAnswer {
    const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    return answers.error(429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit.', headers);
  },
  html(status = 200): FaultAnswer {
    const body = '<!DOCTYPE html><html><body><h1>Welcome to the hotel</h1></body></html>';
    return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
  },
  redirect(location: string, status = 307): FaultAnswer {
    return { status, headers: { location } };
  },
} as const;

/** Sends an answer, with all that is wrong with it. */
export async function sendAnswer(response: ServerResponse, answer: FaultAnswer): Promise<void> {
  response.on('error', () => undefined);
  if (answer.isDead) {
    response.destroy();
    return;
  }
  if (answer.wait !== undefined) await delay(answer.wait, undefined, { ref: false });
  const { bytes, type } = bodyOf(answer);
  const isHead = response.req.method === 'HEAD';
  response.writeHead(answer.status ?? 200, {
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(answer.isEndless || isHead ? {} : { 'content-length': String(bytes.length) }),
    ...answer.headers,
  });
  if (isHead) response.end();
  else if (answer.isEndless) await sendForever(response, bytes);
  else if (answer.breakAfter !== undefined) breakOff(response, bytes.subarray(0, answer.breakAfter));
  else if (answer.pieces !== undefined) await sendPieces(response, bytes, answer);
  else response.end(bytes);
}

function bodyOf({ body, headers }: FaultAnswer): { bytes: Buffer; type: string | undefined } {
  if (body === undefined) return { bytes: Buffer.alloc(0), type: undefined };
  if (Buffer.isBuffer(body)) return { bytes: body, type: 'application/octet-stream' };
  if (typeof body === 'string') return { bytes: Buffer.from(body), type: 'text/plain' };
  const hasType = headers !== undefined && 'content-type' in headers;
  return { bytes: Buffer.from(JSON.stringify(body)), type: hasType ? undefined : 'application/json' };
}

function breakOff(response: ServerResponse, bytes: Buffer): void {
  const socket = response.socket;
  response.write(bytes, () => socket?.end());
  if (bytes.length === 0) {
    response.flushHeaders();
    socket?.end();
  }
}

async function sendForever(response: ServerResponse, bytes: Buffer): Promise<void> {
  const piece = bytes.length === 0 ? Buffer.alloc(65_536, 'x') : bytes;
  while (!response.destroyed && response.writable) {
    if (!response.write(piece)) {
      await new Promise<void>((resolve) => {
        const done = () => {
          response.off('drain', done).off('close', done);
          resolve();
        };
        response.on('drain', done).on('close', done);
      });
    }
  }
}

async function sendPieces(response: ServerResponse, bytes: Buffer, answer: FaultAnswer): Promise<void> {
  const size = answer.pieces ?? 1;
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    response.write(bytes.subarray(at, at + size));
    await delay(answer.pause ?? 20, undefined, { ref: false });
  }
  response.end();
}
