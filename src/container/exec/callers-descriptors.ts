import { readlinkSync } from 'node:fs';
import { TspodError } from '../../lib/errors';

/** Node's own descriptors begin with that of its event loop. */
const NODES_FIRST = 'anon_inode:[eventpoll]';

/** The first `count` descriptors after standard error, which the caller has to have opened. Throws 'usage'. */
export function callersDescriptors(count: number): number[] {
  const descriptors = Array.from({ length: count }, (_, index) => index + 3);
  for (const descriptor of descriptors) {
    if (!isOpen(descriptor))
      throw new TspodError(
        'usage',
        `file descriptor ${descriptor} is not available - the preserve-fds option requires that file descriptors must be passed`,
        { hint: `open it in the shell: ${descriptor}<FILE` },
      );
  }
  return descriptors;
}

function isOpen(descriptor: number): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`) !== NODES_FIRST;
  } catch {
    return false;
  }
}
