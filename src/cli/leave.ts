import { isLibcLoaded, libc } from '../sys/native-library';

const F_GETFL = 3;
const O_NONBLOCK = 0o4000;

/**
 * Ends this process at once, as the last of what is done at its end. Node takes itself down for one to two milliseconds, of which a user
 * sees only that terminals and pipes get back the modes that Node has changed: where none has another one it is left out.
 */
export function leave(status: number): never {
  if (isLibcLoaded() && !isObserved() && [0, 1, 2].every(isAsItWas)) libc('void _exit(int status)')(status);
  return process.exit(status);
}

/** Profiles and the like are written down by Node when it ends. */
function isObserved(): boolean {
  const { NODE_OPTIONS, NODE_V8_COVERAGE } = process.env;
  return process.execArgv.length > 0 || NODE_OPTIONS !== undefined || NODE_V8_COVERAGE !== undefined;
}

/** Pipes become non-blocking where Node reads or writes them itself; a terminal's modes are not looked at. */
function isAsItWas(descriptor: number): boolean {
  if (libc('int isatty(int fd)')(descriptor) === 1) return false;
  const flags = libc('int fcntl(int fd, int cmd, ...)')(descriptor, F_GETFL);
  return flags === -1 || (flags & O_NONBLOCK) === 0;
}
