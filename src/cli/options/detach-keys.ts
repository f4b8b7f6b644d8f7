/** `--detach-keys`. */
export const detachKeysOption = {
  type: 'string',
  value: 'KEYS',
  description: 'Keys that end the session and leave the container running (default ctrl-p,ctrl-q)',
} as const;
