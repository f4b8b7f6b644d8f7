import { closeSync } from 'node:fs';
import { libc } from './native-library';

const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC = 0o2000002;
const SIOCGIFADDR = 0x8915;
/** struct ifreq: the name, then a struct sockaddr_in. */
const REQUEST_SIZE = 40;
const NAME_GREATEST = 15;
const ADDRESS_AT = 20;

/** The first IPv4 address of a network interface; undefined where it has none (netdevice(7)). */
export function interfaceAddress(name: string): string | undefined {
  const socket = libc('int socket(int domain, int type, int protocol)')(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
  if (socket < 0) return undefined;
  try {
    const request = Buffer.alloc(REQUEST_SIZE);
    request.write(name, 0, NAME_GREATEST, 'latin1');
    const call = libc('int ioctl(int fd, unsigned long request, void *argument)');
    if (call(socket, SIOCGIFADDR, request) < 0) return undefined;
    return request.subarray(ADDRESS_AT, ADDRESS_AT + 4).join('.');
  } finally {
    closeSync(socket);
  }
}
