/** Limits of containers, and of what `build` runs. */
export const RESOURCE_OPTIONS = {
  'cpu-period': { type: 'number', value: 'US', description: 'The period that --cpu-quota counts in' },
  'cpu-quota': { type: 'number', value: 'US', description: 'Processor time in each period' },
  'cpu-shares': {
    type: 'number',
    short: 'c',
    value: 'SHARES',
    description: 'Relative weight of processor time',
  },
  'cpuset-cpus': { type: 'string', value: 'LIST', description: 'Run on these processors only (0-3,5)' },
  'cpuset-mems': { type: 'string', value: 'LIST', description: 'Use these memory nodes only' },
  memory: { type: 'string', short: 'm', value: 'SIZE', description: 'At most this much memory' },
  'memory-swap': {
    type: 'string',
    value: 'SIZE',
    description: 'At most this much memory and swap together; -1 no limit',
  },
} as const;
