/** How results of checks are printed. */
export const checkOptions = {
  format: { type: 'string', short: 'f', choices: ['json'], description: 'Print JSON instead of lines' },
  json: { type: 'boolean', description: 'The same as --format json' },
} as const;
