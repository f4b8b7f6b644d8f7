import { TspodError } from '../../../lib/errors';

interface Selected {
  all: boolean | undefined;
  latest: boolean | undefined;
  names: readonly string[];
}

/** The error of `checkpoint` and `restore`; that of a wrong selection comes first, as Podman's does. */
export function needsRoot(
  action: 'checkpointing' | 'restoring',
  { all, latest, names }: Selected,
): TspodError {
  if (names.length === 0 && !all && !latest)
    return new TspodError('usage', 'you must provide at least one name or id');
  return new TspodError(
    'unsupported',
    `${action} a container requires root: CRIU needs capabilities over its processes that no unprivileged user has`,
    {
      hint: 'tspod commit keeps its files, tspod pause stops its processes for a while; else: sudo podman container checkpoint',
    },
  );
}
