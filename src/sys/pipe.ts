import { libc } from './native-library';
import { systemCallError } from './system-call';

const O_CLOEXEC = 0o2000000;

/** The ends of a pipe. */
export interface Pipe {
  read: number;
  write: number;
}

/** Makes a pipe whose ends block and are closed on execution; Node has only pipes that are sockets and do not block. */
export function openPipe(): Pipe {
  const ends = new Int32Array(2);
  if (libc('int pipe2(_Out_ int *ends, int flags)')(ends, O_CLOEXEC) !== 0) throw systemCallError('pipe2');
  const [read = -1, write = -1] = ends;
  return { read, write };
}
