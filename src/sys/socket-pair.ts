import { libc } from './native-library';
import { systemCallError } from './system-call';

const AF_UNIX = 1;
const SOCK_STREAM_CLOEXEC = 0o2000001;

/** Two connected stream sockets, close-on-exec: each reads what is written to the other (socketpair(2)). */
export function socketPair(): [number, number] {
  const ends = Buffer.alloc(8);
  const call = libc('int socketpair(int domain, int type, int protocol, void *ends)');
  if (call(AF_UNIX, SOCK_STREAM_CLOEXEC, 0, ends) < 0) throw systemCallError('socketpair');
  return [ends.readInt32LE(0), ends.readInt32LE(4)];
}
