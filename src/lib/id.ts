import { closeSync, openSync, readSync } from 'node:fs';

/** The number of characters of an id that lists show. */
const SHORT = 12;

/**
 * A new id: 64 lower-case hexadecimal digits, of which the first twelve are never all decimal (a host name or a name
 * made of them would be taken for a number). Reads /dev/urandom: loading `crypto` costs milliseconds.
 */
export function randomId(): string {
  for (;;) {
    const id = randomHex(32);
    if (/[a-f]/.test(id.slice(0, SHORT))) return id;
  }
}

/** `bytes` random bytes as hexadecimal digits. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

/** Random bytes of the kernel, fit for secrets. */
export function randomBytes(count: number): Buffer {
  const buffer = Buffer.alloc(count);
  const fd = openSync('/dev/urandom', 'r');
  try {
    for (let done = 0; done < count;) done += readSync(fd, buffer, done, count - done, null);
  } finally {
    closeSync(fd);
  }
  return buffer;
}

/** The first twelve digits of an id, without a `sha256:` in front. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, SHORT);
}

/** Whether `text` has the form of a full id. */
export function isFullId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
