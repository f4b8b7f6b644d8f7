import { RESOURCE_OPTIONS } from '../resource-options';

/** Options of `run` and `create` about limits. */
export const LIMIT_OPTIONS = {
  ...RESOURCE_OPTIONS,
  'blkio-weight': {
    type: 'string',
    value: 'WEIGHT',
    description: 'Relative weight of block input and output, 10-1000',
  },
  'blkio-weight-device': { type: 'list', value: 'DEVICE:WEIGHT', description: 'The same for one device' },
  'cgroup-conf': {
    type: 'list',
    value: 'FILE=VALUE',
    description: "Write a file of the container's control group: memory.high=1073741824",
  },
  'cgroup-parent': {
    type: 'string',
    value: 'PATH',
    description: 'Make its control group below this slice (NAME.slice), or path with the manager cgroupfs',
  },
  cgroups: {
    type: 'string',
    value: 'MODE',
    description: 'Its control group: enabled (default), disabled, no-conmon, or split: below your own',
  },
  cpus: { type: 'string', value: 'NUMBER', description: 'At most this many processors' },
  'device-read-bps': {
    type: 'list',
    value: 'DEVICE:RATE',
    description: 'Bytes read from a device in a second',
  },
  'device-read-iops': { type: 'list', value: 'DEVICE:RATE', description: 'Reads from a device in a second' },
  'device-write-bps': {
    type: 'list',
    value: 'DEVICE:RATE',
    description: 'Bytes written to a device in a second',
  },
  'device-write-iops': { type: 'list', value: 'DEVICE:RATE', description: 'Writes to a device in a second' },
  'memory-reservation': {
    type: 'string',
    value: 'SIZE',
    description: 'Memory that is kept when it gets scarce',
  },
  'memory-swappiness': {
    type: 'number',
    default: -1,
    value: 'NUMBER',
    description: 'Only -1, the default of the system',
  },
  'pids-limit': { type: 'number', value: 'NUMBER', description: 'At most this many processes; -1 no limit' },
} as const;
