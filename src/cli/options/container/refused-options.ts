const POD = 'pods are not built yet';
const V1 = 'cgroup version 2 has no such limit';

/** Options of Podman's `run` and `create` that tspod knows and refuses by name. */
export const REFUSED_OPTIONS = {
  'cpu-rt-period': refused(V1),
  'cpu-rt-runtime': refused(V1),
  'decryption-key': refused('encrypted images are not supported', 'list'),
  'device-cgroup-rule': refused(
    'such rules are BPF programs of control groups, which only real root may load; name each device with --device',
    'list',
  ),
  pod: refused(POD),
  'pod-id-file': refused(POD),
  'rdt-class': refused('classes of service need real root'),
  'seccomp-policy': refused('use --security-opt seccomp=FILE'),
  subgidname: refused('use --gidmap'),
  subuidname: refused('use --uidmap'),
} as const;

function refused<const T extends 'string' | 'list' | 'boolean' = 'string'>(reason: string, type?: T) {
  return {
    type: (type ?? 'string') as T,
    description: `Not supported: ${reason}`,
    hidden: true,
    refuse: reason,
  } as const;
}
