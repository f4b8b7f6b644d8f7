import { DEFAULT_DETACH_KEYS, parseDetachKeys } from '../../container/detach-keys';
import type { Context } from '../../lib/context';

/** `--detach-keys`. */
export const detachKeysOption = {
  type: 'string',
  value: 'KEYS',
  description: 'Keys that end the session and leave the container running (default ctrl-p,ctrl-q)',
} as const;

/** The bytes of the keys: those of the command line, else of containers.conf, else Podman's. Throws 'usage'. */
export function detachKeysOf({ defaults }: Context, flag: string | undefined): Uint8Array {
  return parseDetachKeys(flag ?? defaults?.detachKeys ?? DEFAULT_DETACH_KEYS);
}
