import { refusedOption } from '../refused-option';

const POD = 'pods are not built yet';
const V1 = 'cgroup version 2 has no such limit';

/** Options of Podman's `run` and `create` that tspod knows and refuses by name. */
export const REFUSED_OPTIONS = {
  'cpu-rt-period': refusedOption(V1),
  'cpu-rt-runtime': refusedOption(V1),
  'decryption-key': refusedOption('encrypted images are not supported', 'list'),
  'device-cgroup-rule': refusedOption(
    'such rules are BPF programs of control groups, which only real root may load; name each device with --device',
    'list',
  ),
  pod: refusedOption(POD),
  'pod-id-file': refusedOption(POD),
  'rdt-class': refusedOption('classes of service need real root'),
  'seccomp-policy': refusedOption('use --security-opt seccomp=FILE'),
  subgidname: refusedOption('use --gidmap'),
  subuidname: refusedOption('use --uidmap'),
} as const;
