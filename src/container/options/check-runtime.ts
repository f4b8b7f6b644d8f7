import { TspodError } from '../../lib/errors';
import type { ContainerOptions } from '../record';

/** Refuses what only the native helper can do, where another OCI runtime was asked for. Throws 'unsupported'. */
export function checkRuntime({ runtime, namespaces, cgroups }: ContainerOptions): void {
  if (runtime === undefined) return;
  if (namespaces.ipc.kind === 'container') {
    const reason = "the kernel does not let it bind /dev/shm of another container's mounts";
    throw unsupported('--ipc container:NAME', runtime, {
      reason,
      hint: 'leave --runtime out, or share memory in a volume',
    });
  }
  if (cgroups === 'disabled')
    throw unsupported('--cgroups=disabled', runtime, {
      reason: 'it makes a control group by itself',
      hint: 'leave one of the two out',
    });
}

function unsupported(
  what: string,
  runtime: string,
  { reason, hint }: { reason: string; hint: string },
): TspodError {
  return new TspodError(
    'unsupported',
    `${what} is not supported with the OCI runtime "${runtime}": ${reason}`,
    { hint },
  );
}
