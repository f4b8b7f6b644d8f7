import { TspodError } from '../lib/errors';

/** Podman's default. */
export const DEFAULT_DETACH_KEYS = 'ctrl-p,ctrl-q';

/**
 * The bytes of a key sequence such as `ctrl-p,ctrl-q` or `a,ctrl-[`; an empty text means that nothing detaches.
 * Throws 'usage' for a key that is neither one character nor `ctrl-` with one of a-z @ [ \ ] ^ _.
 */
export function parseDetachKeys(text: string): Uint8Array {
  if (text === '') return new Uint8Array();
  return Uint8Array.from(text.split(','), (key) => {
    const control = /^ctrl-([a-z@[\\\]^_])$/i.exec(key)?.[1];
    if (control !== undefined) return control.toUpperCase().charCodeAt(0) & 0x1f;
    if (/^[\x20-\x7e]$/.test(key)) return key.charCodeAt(0);
    throw new TspodError('usage', `invalid detach key "${key}" in "${text}"`, {
      hint: 'name single characters or ctrl-X, separated by commas, such as ctrl-p,ctrl-q',
    });
  });
}
