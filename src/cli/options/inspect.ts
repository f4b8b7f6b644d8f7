/** `--format` of the inspect commands. */
export const inspectFormat = {
  type: 'string',
  short: 'f',
  value: 'FORMAT',
  description: 'Print as JSON, or with a Go template',
} as const;

/** `--size` of the inspect commands. */
export const inspectSize = {
  type: 'boolean',
  short: 's',
  description: 'Show how much a container has written, and its whole size',
} as const;
