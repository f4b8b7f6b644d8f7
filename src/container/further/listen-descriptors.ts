import type { Context } from '../../lib/context';

/**
 * Sockets that a service manager has opened for this very process (sd_listen_fds(3)), as the container's program is told of them:
 * it is process 1 there.
 */
export function listenDescriptors({ env }: Context): { descriptors: number[]; env: string[] } {
  const count = Number(env['LISTEN_FDS'] ?? '0');
  const isMeant = env['LISTEN_PID'] === String(process.pid);
  if (!isMeant || !Number.isInteger(count) || count <= 0) return { descriptors: [], env: [] };
  const names = env['LISTEN_FDNAMES'];
  return {
    descriptors: Array.from({ length: count }, (_, index) => index + 3),
    env: [
      ...['LISTEN_PID=1', `LISTEN_FDS=${count}`],
      ...(names === undefined ? [] : [`LISTEN_FDNAMES=${names}`]),
    ],
  };
}
