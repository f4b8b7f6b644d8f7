import { closeSync } from 'node:fs';
import { libc } from './native-library';
import { systemCallError } from './system-call';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;

/** Sends datagrams to a UNIX socket, which Node cannot. Throws the error of the system call that fails. */
export function sendDatagrams(path: string, messages: readonly Buffer[]): void {
  const fd = libc('int socket(int domain, int type, int protocol)')(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw systemCallError('socket', path);
  try {
    const address = socketAddress(path);
    const connect = libc('int connect(int fd, const void *address, unsigned int length)');
    if (connect(fd, address, address.length) < 0) throw systemCallError('connect', path);
    const send = libc('long send(int fd, const void *data, size_t length, int flags)');
    for (const message of messages)
      if (send(fd, message, message.length, MSG_NOSIGNAL) < 0) throw systemCallError('send', path);
  } finally {
    closeSync(fd);
  }
}

/** struct sockaddr_un. */
function socketAddress(path: string): Buffer {
  const address = Buffer.alloc(2 + Buffer.byteLength(path) + 1);
  address.writeUInt16LE(AF_UNIX);
  address.write(path, 2);
  return address;
}
