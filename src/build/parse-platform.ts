import type { Platform } from '../image/format/platform';
import { TspodError } from '../lib/errors';

/** `linux/arm64`, `linux/arm/v7`. Error `usage`. */
export function parsePlatform(text: string): Platform {
  const [os = '', architecture = '', variant, ...rest] = text.split('/');
  if (os === '' || architecture === '' || rest.length > 0)
    throw new TspodError('usage', `"${text}" is not a platform`, {
      hint: 'write OS/ARCH or OS/ARCH/VARIANT: linux/arm64',
    });
  return { os, architecture, ...(variant ? { variant } : {}) };
}
