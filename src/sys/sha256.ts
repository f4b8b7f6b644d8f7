import { nodeFunction } from './native-library';

/** A SHA-256 of bytes that come piece by piece. */
export interface Sha256 {
  update(data: Uint8Array): Sha256;
  /** 64 hexadecimal digits; only once, and nothing can follow. */
  hex(): string;
}

/** More than SHA256_CTX takes up in any OpenSSL. */
const CONTEXT_SIZE = 256;

/**
 * Begins a SHA-256 by OpenSSL as Node has it linked: the module node:crypto costs a start 4 ms, which this spares. Where the
 * functions are not exported it is node:crypto.
 */
export function newSha256(): Sha256 {
  calls ??= findCalls();
  if (calls === undefined) return ofNode();
  const { update, final } = calls;
  const context = Buffer.alloc(CONTEXT_SIZE);
  calls.init(context);
  const sum: Sha256 = {
    update(data) {
      update(context, data, data.length);
      return sum;
    },
    hex() {
      const result = Buffer.alloc(32);
      final(result, context);
      return result.toString('hex');
    },
  };
  return sum;
}

/** The SHA-256 of some bytes, or of a text in UTF-8: 64 hexadecimal digits. */
export function sha256(data: Uint8Array | string): string {
  return newSha256()
    .update(typeof data === 'string' ? Buffer.from(data) : data)
    .hex();
}

type Call = NonNullable<ReturnType<typeof nodeFunction>>;

let calls: Record<'init' | 'update' | 'final', Call> | undefined;

function findCalls(): typeof calls {
  const init = nodeFunction('int SHA256_Init(void *context)');
  const update = nodeFunction('int SHA256_Update(void *context, const void *data, size_t length)');
  const final = nodeFunction('int SHA256_Final(void *result, void *context)');
  return init && update && final && { init, update, final };
}

/** The same by node:crypto. */
export function ofNode(): Sha256 {
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  const sum: Sha256 = {
    update(data) {
      hash.update(data);
      return sum;
    },
    hex: () => hash.digest('hex'),
  };
  return sum;
}
